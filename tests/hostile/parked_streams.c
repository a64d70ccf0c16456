// Parks its standard output in a ring of sockets that hold each other, where no process holds it any more.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static void park(int where, int what) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))];
    struct iovec piece = {&byte, 1};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &what, sizeof what);
    sendmsg(where, &message, MSG_DONTWAIT);
}
int main(void) {
    puts("safe");
    fflush(stdout);
    for (int i = 0; i < 100; i++) {
        int a[2], b[2];
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, a) || socketpair(AF_UNIX, SOCK_DGRAM, 0, b)) break;
        park(a[0], 1);
        park(a[0], b[0]); park(a[0], b[1]); park(a[0], a[0]); park(a[0], a[1]);
        park(b[0], a[0]); park(b[0], a[1]); park(b[0], 2);
        close(a[0]); close(a[1]); close(b[0]); close(b[1]);
    }
    return 0;
}
