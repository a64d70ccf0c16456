// Tries system calls that nobody inside may make. Prints `safe` if every one is refused.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int found = 0;
static void refused(const char *what, long result) {
    if (result >= 0) { printf("%s works\n", what); found = 1; }
}

/* In a child: some of these kill whoever tries. */
static void killed_or_refused(const char *what, long (*attempt)(void)) {
    int child = fork(), status;
    if (child == 0) _exit(attempt() >= 0 ? 42 : 0);
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 42) { printf("%s works\n", what); found = 1; }
}

#ifdef __x86_64__
static long x32(void) { return syscall(0x40000000 + 39); }
static long int80(void) { long r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory"); return r; }
#endif

int main(void) {
    int flags[] = {CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP};
    for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
        refused("unshare", unshare(flags[i]));
        long child = syscall(SYS_clone, flags[i] | 17, 0, 0, 0, 0);
        if (child == 0) _exit(0);
        refused("clone with namespaces", child);
    }
    errno = 0;
    refused("clone3", syscall(SYS_clone3, 0, 0));
    if (errno != ENOSYS) { puts("clone3 is known"); found = 1; }
    refused("mount", mount("none", "/tmp", "tmpfs", 0, 0));
    refused("umount", umount2("/proc", MNT_DETACH));
    refused("umount root", umount2("/", MNT_DETACH));
    refused("chroot", chroot("/tmp"));
    refused("pivot_root", syscall(SYS_pivot_root, ".", "."));
    refused("open_tree", syscall(SYS_open_tree, -100, "/", 1));
    refused("setns", syscall(SYS_setns, open("/proc/self/ns/net", O_RDONLY), 0));
    refused("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
    refused("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), 0, 0, 0, 0, 0));
    refused("bpf", syscall(SYS_bpf, 0, 0, 0));
    refused("perf", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0));
    refused("keyctl", syscall(SYS_keyctl, 0, -3, 1));
    refused("add_key", syscall(SYS_add_key, "user", "a", "b", 1, -3));
    refused("io_uring", syscall(SYS_io_uring_setup, 1, 0));
    refused("userfaultfd", syscall(SYS_userfaultfd, 0));
    refused("open_by_handle_at", syscall(SYS_open_by_handle_at, 0, 0, 0));
    refused("shmget", syscall(SYS_shmget, 0, 4096, 01600));
    refused("msgget", syscall(SYS_msgget, 0, 01600));
    refused("mq_open", syscall(SYS_mq_open, "a", O_CREAT, 0600, 0));
    struct timespec time = {0, 0};
    refused("clock_settime", clock_settime(CLOCK_REALTIME, &time));
    refused("sethostname", sethostname("x", 1));
    refused("setuid", setuid(0));
    refused("setgid", setgid(0));
    cpu_set_t all;
    memset(&all, 255, sizeof all);
    refused("sched_setaffinity", sched_setaffinity(0, sizeof all, &all));
    struct sched_param parameter = {.sched_priority = 1};
    refused("sched_setscheduler", sched_setscheduler(0, SCHED_FIFO, &parameter));
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    refused("prlimit", prlimit(0, RLIMIT_CPU, &limit, 0));
    refused("setrlimit", syscall(SYS_setrlimit, RLIMIT_FSIZE, &limit));
    refused("personality", syscall(SYS_personality, 0x0040000));
    errno = 0;
    if (ioctl(0, TIOCSTI, "x") >= 0 || errno != EPERM) { puts("TIOCSTI is not refused"); found = 1; }
    refused("mknod", syscall(SYS_mknodat, -100, "/tmp/disk", 060666, 0x0800));
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) { puts("new privileges"); found = 1; }
    for (int capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1) { puts("capability"); found = 1; }
    if (getuid() == 0 || geteuid() == 0 || getgid() == 0) { puts("root"); found = 1; }
#ifdef __x86_64__
    killed_or_refused("x32", x32);
    killed_or_refused("int 0x80", int80);
#endif
    if (!found) puts("safe");
}
