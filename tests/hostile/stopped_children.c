// Leaves children behind that are stopped, traced by nobody, or dead and not waited for.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 30; i++) {
        int child = fork();
        if (child == 0) { if (i % 3 == 0) raise(SIGSTOP); if (i % 3 == 1) for (;;) pause(); _exit(0); }
        if (i % 3 == 2) kill(child, SIGSTOP);
    }
    usleep(50000);
    puts("safe");
}
