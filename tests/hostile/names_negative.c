// Asks for names that are not there, without end: the kernel remembers each.
#include <stdio.h>
#include <sys/stat.h>
int main(void) {
    struct stat found;
    char name[64];
    for (unsigned long i = 0;; i++) { snprintf(name, sizeof name, "/tmp/%lu-and-some-more-words-to-fill-it", i); stat(name, &found); }
}
