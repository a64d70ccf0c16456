// An interactor that asks once, and hears an answer.
#include <stdio.h>
#include <string.h>
int main(void) {
    char answer[64] = "";
    puts("question");
    fflush(stdout);
    fgets(answer, sizeof answer, stdin);
    return strcmp(answer, "safe\n") ? 43 : 42;
}
