// Puts system call filters of its own over itself until there is no place for more. They cannot take ours away.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void) {
    struct sock_filter allow[2000];
    for (int i = 0; i < 2000; i++) allow[i] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog program = {2000, allow};
    int filters = 0;
    while (filters < 1000 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0) filters++;
    if (filters == 1000) { puts("a thousand filters"); return 0; }
    prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
    puts(socket(AF_INET, SOCK_STREAM, 0) < 0 ? "safe" : "a socket");
}
