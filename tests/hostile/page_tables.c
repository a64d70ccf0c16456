// Memory for page tables only: reads one byte of every 2 MiB of a terabyte of nothing.
#include <sys/mman.h>
int main(void) {
    volatile char sum = 0;
    for (int i = 0; i < 4; i++) {
        char *nothing = mmap(0, 1ull << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (nothing == MAP_FAILED) return 3;
        madvise(nothing, 1ull << 40, MADV_NOHUGEPAGE);
        for (unsigned long long at = 0; at < 1ull << 40; at += 2 << 20) sum += nothing[at];
    }
    return 4;
}
