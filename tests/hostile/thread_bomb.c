// Starts threads until it is refused, and fails for that.
#include <pthread.h>
#include <unistd.h>
static void *wait_forever(void *nothing) { pause(); return nothing; }
int main(void) {
    pthread_t thread;
    for (;;) if (pthread_create(&thread, 0, wait_forever, 0)) return 9;
}
