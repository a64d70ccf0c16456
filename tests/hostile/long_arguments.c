// Executes itself with two megabytes of arguments.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **arguments) {
    if (count > 1) return puts("safe") < 0;
    static char *list[18];
    for (int i = 1; i < 17; i++) { list[i] = malloc(120000); memset(list[i], 'x', 119999); list[i][119999] = 0; }
    list[0] = arguments[0];
    execv(arguments[0], list);
    execl(arguments[0], "program", "less", (char *)0);
    return 1;
}
