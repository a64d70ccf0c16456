"""Leaves everything that is no plain file where somebody may look for one. Prints `safe`: none of it is followed."""
import os
import socket

places = [os.getcwd() + "/", os.environ["TMPDIR"] + "/"]
# With reduced isolation there is no place in memory, and nothing can be written there.
if os.getcwd() == "/work":
    places.append("/dev/shm/")
for folder in places:
    os.symlink("/etc/shadow", folder + "link")
    os.symlink("/proc/1/environ", folder + "score.txt")
    os.symlink(folder + "loop", folder + "loop")
    os.symlink("/dev/zero", folder + "judgemessage.txt")
    os.mkfifo(folder + "fifo")
    os.mkfifo(folder + "program")
    os.mkdir(folder + "main.py")
    with open(folder + "sparse", "wb") as file:
        file.truncate(1000000)
    os.link(folder + "sparse", folder + "hard")
    os.mkdir(folder + "closed")
    os.chmod(folder + "closed", 0)
    os.chmod(folder + "sparse", 0o6777)
    for name in [b"\n", b"\xff\xfe", b"-rf", b"$(id)", b"a" * 255, b"\x1b[2J", b"..."]:
        open(os.fsencode(folder) + name, "w").close()
    for attempt in [lambda: os.mknod(folder + "disk", 0o60666, os.makedev(8, 0)), lambda: os.mknod(folder + "null", 0o20666, os.makedev(1, 3))]:
        try:
            attempt()
            print("a device in " + folder)
        except OSError:
            pass
    try:
        socket.socket(socket.AF_UNIX).bind(folder + "socket")
        print("a socket in " + folder)
    except OSError:
        pass
print("safe")
