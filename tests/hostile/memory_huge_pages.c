// Huge pages are reserved by the machine and charged to nobody. Prints `safe` if there are none to be had.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/mman.h>
int main(void) {
    int found = 0;
    for (int flags = MAP_PRIVATE; flags <= MAP_SHARED + MAP_PRIVATE; flags++)
        if (mmap(0, 2 << 20, PROT_READ, flags | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) != MAP_FAILED) found = 1;
    if (memfd_create("x", MFD_HUGETLB) >= 0) found = 1;
    puts(found ? "huge pages" : "safe");
}
