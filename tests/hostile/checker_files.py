"""A checker that tries to change what it was given, and to see what it was not. Accepts if nothing works."""
import os
import sys

found = []
for path in sys.argv[1:3] + ["/program/main.py", "/files/new", "/usr/x", "/input"]:
    try:
        open(path, "r+b").write(b"x")
        found.append("write " + path)
    except OSError:
        pass
    try:
        os.unlink(path)
        found.append("unlink " + path)
    except OSError:
        pass
for path in ["/etc/shadow", "/proc/1/environ", "/.host/etc/passwd", "/tmp/kept", "/work/kept", "/dev/shm/kept"]:
    try:
        open(path, "rb").read(1)
        found.append("read " + path)
    except OSError:
        pass
sys.stderr.write("\n".join(found))
sys.exit(1 if found else 42)
