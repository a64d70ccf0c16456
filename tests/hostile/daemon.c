// Leaves daemons behind that hold the standard streams open and ignore signals.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            if (fork()) _exit(0);
            for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
            for (;;) pause();
        }
    usleep(20000);
    puts("safe");
}
