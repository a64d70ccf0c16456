// Answers, goes, and leaves children behind that hold the talk open.
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 5; i++) if (fork() == 0) { setsid(); for (;;) pause(); }
    puts("safe");
    fflush(stdout);
    return 0;
}
