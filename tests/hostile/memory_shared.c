// Children fill shared memory and end; it stays, but in nobody's resident set. Fails where there is none to be had.
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void) {
    for (int i = 0; i < 40; i++) {
        char *piece = mmap(0, 32 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED) piece = mmap(0, 32 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, open("/dev/zero", O_RDWR), 0);
        if (piece == MAP_FAILED) piece = mmap(0, 32 << 20, PROT_READ, MAP_SHARED, open("/dev/zero", O_RDONLY), 0);
        if (piece == MAP_FAILED) return 3;
        int child = fork();
        if (child == 0) {
            volatile char sum = 0;
            for (int at = 0; at < 32 << 20; at += 4096) sum += piece[at];
            _exit(0);
        }
        waitpid(child, 0, 0);
    }
    return 4;
}
