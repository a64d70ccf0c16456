"""Leaves things everywhere and looks for what an earlier run left. Prints `safe` if there was nothing."""
import ctypes
import os

found = []
for folder in dict.fromkeys([os.environ["TMPDIR"], os.getcwd(), "/tmp", "/work", "/dev/shm", "/var/tmp"]):
    try:
        before = os.listdir(folder)
    except OSError:
        continue
    if before:
        found.append("%s holds %s" % (folder, before))
    try:
        with open(folder + "/left\nbehind", "w") as file:
            file.write("x")
        os.symlink("/etc/shadow", folder + "/link")
        os.mkfifo(folder + "/fifo")
        deep = folder
        for _ in range(50):
            deep += "/d"
            os.mkdir(deep)
        open(os.fsencode(folder) + b"/\xff\xfe", "w").close()
    except OSError as error:
        found.append("%s: %s" % (folder, error))
libc = ctypes.CDLL(None)
key = 0x0C0DE5
for what, left in [
    ("System V memory", libc.shmget(key, 4096, 0)),
    ("System V queue", libc.msgget(key, 0)),
    ("System V semaphore", libc.semget(key, 1, 0)),
    ("key", libc.syscall(249 if os.uname().machine == "x86_64" else 218, b"user", b"left", None, 0)),
]:
    if left >= 0:
        found.append(what)
# Whatever of this works must be gone for the next.
libc.shmget(key, 4096, 0o1666)
libc.msgget(key, 0o1666)
libc.semget(key, 1, 0o1666)
libc.mq_open(b"/left", 0o102, 0o666, None)
libc.syscall(248 if os.uname().machine == "x86_64" else 217, b"user", b"left", b"x", 1, -4)
print("\n".join(found) or "safe")
