"""System calls without a library. Prints `safe` if every one is refused."""
import ctypes, errno, os

libc = ctypes.CDLL(None, use_errno=True)
found = []
NUMBERS = {
    "unshare": (272, 0x10000000), "setns": (308, 0, 0), "mount": (165, 0, 0, 0, 0, 0), "ptrace": (101, 0, 0, 0, 0), "keyctl": (250, 0, -3, 1),
    "io_uring_setup": (425, 1, 0), "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, 0, 0, 0), "userfaultfd": (323, 0),
    "name_to_handle_at": (303, -100, 0, 0, 0, 0), "process_madvise": (440, 0, 0, 0, 0, 0), "pidfd_getfd": (438, 0, 0, 0), "kcmp": (312, 1, 1, 0, 0, 0),
    "quotactl": (179, 0, 0, 0, 0), "swapon": (167, 0, 0), "reboot": (169, 0, 0, 0, 0), "acct": (163, 0), "syslog": (103, 2, 0, 0), "init_module": (175, 0, 0, 0),
    "kexec_load": (246, 0, 0, 0, 0), "personality": (135, 0x0040000), "vhangup": (153,), "fanotify_init": (300, 0, 0), "memfd_secret": (447, 0),
    "statmount": (457, 0, 0, 0, 0), "listmount": (458, 0, 0, 0, 0), "open_tree_attr": (467, -100, 0, 0, 0, 0), "quotactl_fd": (443, 0, 0, 0, 0),
    "set_mempolicy_home_node": (450, 0, 0, 0, 0), "a call of the future": (470, 0, 0, 0), "another": (1000, 0), "lookup_dcookie": (212, 0, 0, 0),
}
if os.uname().machine == "x86_64":
    for name, call in NUMBERS.items():
        ctypes.set_errno(0)
        result = libc.syscall(*[ctypes.c_long(number) for number in call])
        if result >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            found.append("%s: %d, %s" % (name, result, os.strerror(ctypes.get_errno())))
for family in range(2, 46):
    for kind in (1, 2, 5):
        ends = (ctypes.c_int * 2)()
        ctypes.set_errno(0)
        if libc.socketpair(family, kind, 0, ends) == 0 or ctypes.get_errno() != errno.EPERM:
            found.append("socketpair of family %d: %s" % (family, os.strerror(ctypes.get_errno())))
for option, value in ((35, 1), (4, 1)):  # PR_SET_MM; PR_SET_DUMPABLE is harmless
    if option == 35 and libc.prctl(option, value, 4096, 0, 0) == 0:
        found.append("prctl %d" % option)
print("\n".join(found) or "safe")
