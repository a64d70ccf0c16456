// Queues signals and timers until there is no place for more.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    union sigval value = {0};
    for (int i = 0; i < 200000; i++) if (sigqueue(getpid(), SIGRTMIN + i % 10, value)) break;
    for (int i = 0; i < 200000; i++) {
        timer_t timer;
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
        struct itimerspec soon = {{0, 1000000}, {0, 1000000}};
        if (timer_create(CLOCK_MONOTONIC, &event, &timer)) break;
        timer_settime(timer, 0, &soon, 0);
    }
    puts("safe");
}
