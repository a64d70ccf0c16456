// Tries to change its input, for itself and for the next. Prints `safe` if nothing works.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
static int found = 0;
static void refused(const char *what, long result) { if (result >= 0) { printf("%s works\n", what); found = 1; } }
int main(void) {
    refused("write", write(0, "x", 1));
    refused("pwrite", pwrite(0, "x", 1, 0));
    refused("truncate", ftruncate(0, 0));
    refused("allocate", fallocate(0, 0, 0, 1 << 20));
    refused("punch", fallocate(0, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
    if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0) != MAP_FAILED) refused("map", 0);
    const char *names[] = {"/proc/self/fd/0", "/dev/stdin", "/dev/fd/0", "/proc/2/fd/0", "/proc/1/fd/0", "/input"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        int file = open(names[i], O_RDWR);
        if (file >= 0) refused("writing anew", write(file, "x", 1));
        file = open(names[i], O_WRONLY | O_TRUNC);
        if (file >= 0) refused("emptying", write(file, "x", 1));
        if (truncate(names[i], 0) == 0) refused("truncating by name", 0);
    }
    /* What has no name is a copy that ends with this run. Else the file would be of that mode for all runs to come. */
    struct stat state;
    long changed = fchmod(0, 0);
    if (fstat(0, &state) || state.st_nlink) refused("mode", changed);
    fchmod(0, 0444);
    refused("seal", fcntl(0, F_ADD_SEALS, F_SEAL_SEAL));
    /* Reading it again is what programs may do. */
    char byte = 0;
    int again = open("/dev/stdin", O_RDONLY);
    if (again < 0 || read(again, &byte, 1) != 1) { puts("cannot be opened again"); found = 1; }
    if (!found) puts("safe");
}
