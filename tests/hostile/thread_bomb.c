// Starts threads until it is refused, and fails for that. Where nobody but a watcher sees it, he has time to look.
#include <pthread.h>
#include <unistd.h>
static void *wait_forever(void *nothing) { pause(); return nothing; }
int main(void) {
    pthread_t thread;
    for (;;) if (pthread_create(&thread, 0, wait_forever, 0)) { usleep(300000); return 9; }
}
