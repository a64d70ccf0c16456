// Each child is small; together they are not.
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            char *volatile piece = malloc(60 << 20);
            memset(piece, 1, 60 << 20);
            sleep(2);
            _exit(piece[9] - 1);
        }
    while (wait(0) > 0) {}
}
