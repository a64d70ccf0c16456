"""Tries to see or change files that are none of its business. Prints `safe` if nothing works."""
import os

found = []


def must_fail(what, action):
    try:
        action()
        found.append(what)
    except OSError:
        pass


for path in ["/etc/shadow", "/etc/hostname", "/proc/1/environ", "/proc/1/mem", "/proc/1/root", "/proc/kcore", "/proc/sysrq-trigger"]:
    must_fail("read " + path, lambda: open(path, "rb").read(1))
for path in ["/proc/1/root/etc", "/.host/etc", "/sys/kernel", "/var/log", "/home", "/boot", "/run", "/mnt", "/opt/.", "/proc/1/cwd/", "/proc/1/fd"]:
    must_fail("list " + path, lambda: os.listdir(path))
visible = set(os.listdir("/"))
unexpected = visible - {
    "usr", "bin", "sbin", "lib", "lib64", "lib32", "libx32", "etc", "dev", "proc", "tmp", "work", "program", "files", "feedback", ".host", "var", "root", "home", "opt",
}
if unexpected:
    found.append("visible: %s" % unexpected)
for path in ["/usr/x", "/etc/x", "/program/x", "/x", "/dev/x", "/bin/x", "/files/x", "/.host/x", "/proc/sys/kernel/core_pattern", "/proc/self/oom_score_adj_", "/etc/passwd"]:
    must_fail("write " + path, lambda: open(path, "w").write("x"))
must_fail("replace itself", lambda: open("/proc/self/exe", "r+b"))
must_fail("device", lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0)))
must_fail("chmod", lambda: os.chmod("/program/main.py", 0o777))
must_fail("remount", lambda: os.rename("/work", "/work2"))
must_fail("cgroup", lambda: os.listdir("/sys/fs/cgroup"))
pids = [name for name in os.listdir("/proc") if name.isdigit()]
if any(pid not in ("1", "2") for pid in pids):
    found.append("processes %s" % pids)
for key in os.environ:
    if key not in ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE"):
        found.append("environment " + key)
for line in open("/proc/self/mounts"):
    target, options = line.split()[1], line.split()[3].split(",")
    writable = ("/work", "/tmp", "/dev/shm", "/feedback", "/proc")
    if "rw" in options and not target.startswith(writable) and not target.startswith("/dev/"):
        found.append("writable mount " + line.strip())
print("\n".join(found) or "safe")
