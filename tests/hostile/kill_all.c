// Kills and stops whatever it can reach.
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    for (int s = 1; s < 65; s++) if (s != SIGSTOP && s != SIGKILL) signal(s, SIG_IGN);
    int all[] = {SIGSTOP, SIGKILL, SIGSEGV, SIGTERM, SIGBUS};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        kill(-1, all[i]);
        kill(1, all[i]);
        kill(getppid(), all[i]);
    }
    puts("safe");
}
