"""Leaves things everywhere and looks for what an earlier run left. Prints `safe` if there was nothing."""
import fcntl
import os

found = []
for folder in ["/tmp", "/work", "/dev/shm", "/var/tmp"]:
    try:
        before = os.listdir(folder)
    except OSError:
        continue
    if before:
        found.append("%s holds %s" % (folder, before))
    try:
        with open(folder + "/left\nbehind", "w") as file:
            file.write("x")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.symlink("/etc/shadow", folder + "/link")
        os.mkfifo(folder + "/fifo")
        deep = folder
        for _ in range(50):
            deep += "/d"
            os.mkdir(deep)
        open(os.fsencode(folder) + b"/\xff\xfe", "w").close()
    except OSError as error:
        found.append("%s: %s" % (folder, error))
try:
    lock = open("/program/main.py")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error:
    found.append("lock: %s" % error)
print("\n".join(found) or "safe")
