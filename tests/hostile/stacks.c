// Threads whose stacks are used.
#include <pthread.h>
#include <string.h>
#include <unistd.h>
static void *use(void *nothing) { char much[6 << 20]; memset(much, 1, sizeof much); __asm__ volatile("" : : "r"(much) : "memory"); pause(); return nothing; }
int main(void) {
    pthread_t thread;
    pthread_attr_t large;
    pthread_attr_init(&large);
    pthread_attr_setstacksize(&large, 8 << 20);
    for (int i = 0; i < 60; i++) pthread_create(&thread, &large, use, 0);
    for (;;) pause();
}
