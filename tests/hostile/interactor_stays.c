// An interactor that decides, goes, and leaves children behind that hold the talk open.
#include <stdio.h>
#include <unistd.h>
int main(void) {
    char answer[64];
    for (int i = 0; i < 5; i++) if (fork() == 0) { setsid(); for (;;) pause(); }
    puts("question");
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) ? 42 : 43;
}
