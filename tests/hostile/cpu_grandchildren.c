// Lets grandchildren work while it sleeps.
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 5; i++)
        if (fork() == 0) { setsid(); if (fork() == 0) for (;;) {} _exit(0); }
    sleep(10);
}
