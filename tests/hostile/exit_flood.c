// Leaves its main thread, and the rest to others.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *go_on(void *nothing) { usleep(100000); puts("safe"); exit(0); return nothing; }
int main(void) { pthread_t thread; pthread_create(&thread, 0, go_on, 0); pthread_exit(0); }
