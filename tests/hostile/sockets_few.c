// Fills socket buffers, which are in nobody's resident set, from few processes.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
static char bytes[1 << 16];
int main(void) {
    for (int child = 0; child < 16; child++)
        if (fork() == 0) {
            int pair[2], size = 1 << 30;
            while (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0)
                for (int end = 0; end < 2; end++) {
                    setsockopt(pair[end], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
                    while (write(pair[end], bytes, sizeof bytes) > 0) {}
                }
            sleep(10);
            _exit(0);
        }
    sleep(2);
    return 5;
}
