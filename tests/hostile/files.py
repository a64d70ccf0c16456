"""Tries to see or change files that are none of its business. Prints `safe` if nothing works."""
import os

found = []


def must_fail(what, action):
    try:
        action()
        found.append(what)
    except OSError:
        pass


def parents(folder):
    """The folders above, but for the root."""
    while os.path.dirname(folder) != "/":
        folder = os.path.dirname(folder)
        yield folder


for path in ["/etc/shadow", "/etc/hostname", "/proc/1/environ", "/proc/1/mem", "/proc/1/root", "/proc/kcore", "/proc/sysrq-trigger"]:
    must_fail("read " + path, lambda: open(path, "rb").read(1))
for path in ["/proc/1/root/etc", "/.host/etc", "/sys/kernel", "/var/log", "/home", "/boot", "/run", "/mnt", "/opt/.", "/proc/1/cwd/", "/proc/1/fd"]:
    must_fail("list " + path, lambda: os.listdir(path))
# With reduced isolation the root is the machine's, and cannot be listed.
own_root = os.getcwd() == "/work"
visible = set(os.listdir("/")) if own_root else must_fail("list /", lambda: os.listdir("/")) or set()
above = [folder for start in (os.getcwd(), os.environ["TMPDIR"], os.path.dirname(os.path.realpath(__file__))) for folder in parents(start)]
for folder in above:
    must_fail("list " + folder, lambda: os.listdir(folder))
    must_fail("write in " + folder, lambda: open(folder + "/x", "w").write("x"))
    must_fail("make a folder in " + folder, lambda: os.mkdir(folder + "/made"))
unexpected = visible - {
    "usr", "bin", "sbin", "lib", "lib64", "lib32", "libx32", "etc", "dev", "proc", "tmp", "work", "program", "files", "feedback", ".host", "var", "root", "home", "opt",
}
if unexpected:
    found.append("visible: %s" % unexpected)
for path in ["/usr/x", "/etc/x", "/program/x", "/x", "/dev/x", "/bin/x", "/files/x", "/.host/x", "/proc/sys/kernel/core_pattern", "/proc/self/oom_score_adj_", "/etc/passwd"]:
    must_fail("write " + path, lambda: open(path, "w").write("x"))
must_fail("replace itself", lambda: open("/proc/self/exe", "r+b"))
must_fail("device", lambda: os.mknod(os.environ["TMPDIR"] + "/disk", 0o60666, os.makedev(8, 0)))
must_fail("chmod", lambda: os.chmod(os.path.realpath(__file__), 0o777))
must_fail("remount", lambda: os.rename(os.getcwd(), os.getcwd() + "2"))
must_fail("cgroup", lambda: os.listdir("/sys/fs/cgroup"))
if not own_root:
    must_fail("list /proc", lambda: os.listdir("/proc"))
pids = [name for name in os.listdir("/proc") if name.isdigit()] if own_root else []
if any(pid not in ("1", "2") for pid in pids):
    found.append("processes %s" % pids)
for key in os.environ:
    if key not in ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"):
        found.append("environment " + key)
for line in open("/proc/self/mounts") if own_root else ():
    target, options = line.split()[1], line.split()[3].split(",")
    writable = ("/work", "/tmp", "/dev/shm", "/feedback", "/proc")
    if "rw" in options and not target.startswith(writable) and not target.startswith("/dev/"):
        found.append("writable mount " + line.strip())
print("\n".join(found) or "safe")
