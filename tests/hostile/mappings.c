// Takes as many mappings as there are, in many processes.
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
int main(void) {
    for (int child = 0; child < 8; child++)
        if (fork() == 0)
            for (;;) if (mmap(0, 4096, child % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) for (;;) {}
            else mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (;;) pause();
}
