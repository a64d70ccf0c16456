// Reads its own output back, makes the pipe as large as it may, and swallows it again.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
    int again = open("/proc/self/fd/1", O_RDONLY | O_NONBLOCK);
    fcntl(1, F_SETPIPE_SZ, 1 << 20);
    char buffer[64];
    if (again >= 0) while (read(again, buffer, sizeof buffer) > 0) {}
    fcntl(1, F_SETFL, O_NONBLOCK);
    puts("safe");
}
