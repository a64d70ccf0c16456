"""A compiler that tries what no compiler may. Makes a program that says what worked, or `safe`."""
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
found = []
for family in (1, 2, 10, 16, 17, 38, 40):
    for kind in (1, 2, 3):
        if libc.socket(family, kind, 0) >= 0:
            found.append("socket %d" % family)
if os.uname().machine == "x86_64":
    for name, call in {
        "unshare": (272, 0x10000000), "mount": (165, 0, 0, 0, 0, 0), "ptrace": (101, 0, 0, 0, 0), "keyctl": (250, 0, -3, 1), "bpf": (321, 0, 0, 0),
        "io_uring": (425, 1, 0), "userfaultfd": (323, 0), "perf": (298, 0, 0, 0, 0, 0), "chroot": (161, b"/tmp"), "setns": (308, 0, 0),
    }.items():
        if libc.syscall(*[argument if isinstance(argument, bytes) else ctypes.c_long(argument) for argument in call]) >= 0:
            found.append(name)
for path in ["/etc/shadow", "/proc/1/environ", "/proc/1/mem", "/.host/etc/passwd", "/proc/sys/kernel/hostname"]:
    try:
        open(path, "rb").read(1)
        found.append(path)
    except OSError:
        pass
for path in ["/program/x", "/usr/x", "/x", "/files/x", "/feedback/x"]:
    try:
        open(path, "w")
        found.append("write " + path)
    except OSError:
        pass
if 0 in os.getresuid() + os.getresgid():
    found.append("root")
for pid in (1, os.getppid()):
    try:
        os.kill(pid, 9)
        found.append("kill")
    except OSError:
        pass
for name in os.environ:
    if name not in ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"):
        found.append("environment " + name)
with open("program", "w") as program:
    program.write("#!/bin/sh\necho '%s'\n" % (" ".join(found) or "safe"))
os.chmod("program", 0o755)
