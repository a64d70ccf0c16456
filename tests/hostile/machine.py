"""What is told of the machine, and what a crash may start on it. Prints `safe` if it is nothing."""
import os, resource

found = []
# 1 is the one value with which the kernel starts no handler of core files on the machine.
if resource.getrlimit(resource.RLIMIT_CORE) != (1, 1):
    found.append("core files: %s" % (resource.getrlimit(resource.RLIMIT_CORE),))
# With reduced isolation it is the machine's own, and a wall around it; so are the mounts.
own_root = os.getcwd() == "/work"
try:
    for name in os.listdir("/proc"):
        if not name.isdigit() and name not in ("self", "thread-self"):
            found.append("/proc/" + name)
except OSError:
    if own_root:
        found.append("no /proc")
for name in ["kallsyms", "kcore", "keys", "key-users", "sysvipc/shm", "modules", "partitions", "interrupts", "kmsg", "loadavg"] + ["1/status"] * (not own_root):
    try:
        open("/proc/" + name, "rb").read(1)
        found.append("/proc/" + name)
    except OSError:
        pass
mask = os.umask(0o22)
if mask != 0o22:
    found.append("umask %o" % mask)
for line in open("/proc/self/mounts") if own_root else ():
    device, target, kind, options = line.split()[:4]
    for wanted in ("nosuid", "nodev") if target not in ("/",) and not target.startswith("/dev/") else ("nosuid",):
        if wanted not in options.split(",") and not target.startswith("/dev/"):
            found.append("%s without %s" % (target, wanted))
for target, wanted in (("/dev/shm", "noexec"), ("/proc", "noexec")) if own_root else ():
    if not any(line.split()[1] == target and wanted in line.split()[3].split(",") for line in open("/proc/self/mounts")):
        found.append("%s without %s" % (target, wanted))
if os.getpriority(os.PRIO_PROCESS, 0) != 0:
    found.append("nice")
print("\n".join(found) or "safe")
