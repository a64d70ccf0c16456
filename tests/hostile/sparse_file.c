// A file of a terabyte that holds nothing.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
    if (chdir(getenv("TMPDIR"))) return 6;
    int file = open("x", O_CREAT | O_RDWR, 0600);
    fallocate(file, 0, 0, 1ll << 40);
    return ftruncate(file, 1ll << 40) ? 5 : 0;
}
