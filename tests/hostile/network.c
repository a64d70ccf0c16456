// Tries every way to talk to anybody. Prints `safe` if none works.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int found = 0;
static void worked(const char *what) { printf("%s works\n", what); found = 1; }

int main(void) {
    int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK, AF_PACKET, 40 /* vsock */, 38 /* AF_ALG */};
    for (unsigned i = 0; i < sizeof families / sizeof *families; i++)
        for (int type = SOCK_STREAM; type <= SOCK_RAW; type++) {
            int s = socket(families[i], type, 0);
            if (s < 0) continue;
            printf("family %d type %d\n", families[i], type);
            found = 1;
        }
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    inet_pton(AF_INET, "169.254.169.254", &to.sin_addr);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) {
        struct sockaddr_un name = {.sun_family = AF_UNIX};
        if (connect(pair[0], (void *)&to, sizeof to) == 0) worked("connect");
        if (bind(pair[0], (void *)&name, sizeof name) == 0) worked("bind");
    }
    if (!found) puts("safe");
}
