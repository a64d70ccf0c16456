"""Looks through everything it can read for words that were laid where tests, answers and checkers are.

Prints `safe` if there is none but the one of its own input. As a program that its own compiler runs, it makes one that does.
"""
import os
import re
import stat
import sys

WORD = re.compile(b"can" b"ary:[a-z-]+:[0-9a-f]{16}")
compiling = os.path.exists("main.py")
given = b"" if compiling else sys.stdin.buffer.readline().strip()
found = set()


def look(where, data):
    for match in WORD.findall(data):
        if match != given:
            found.add("%s: %s" % (where, match.decode()))


def read(path):
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISREG(kind):
            with open(path, "rb") as file:
                look(path, file.read(8 << 20))
    except (OSError, ValueError):
        pass


def walk(folder, skipped=()):
    look(folder, os.fsencode(folder))
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        look("name of " + folder, os.fsencode(entry.path))
        try:
            if entry.is_symlink():
                look(entry.path, os.fsencode(os.readlink(entry.path)))
            elif entry.is_dir():
                if entry.path not in skipped:
                    walk(entry.path, skipped)
            else:
                read(entry.path)
        except OSError:
            pass


# The system's own files are the same for everybody; their names are looked at elsewhere.
walk("/", ("/usr", "/proc", "/dev", "/root", "/opt", "/home", "/var/lib"))
walk("/dev/shm")
# With reduced isolation runs lie beside each other on the machine's disk: their numbers can be guessed.
here = os.path.dirname(os.getcwd())
base, _, number = here.rpartition("-")
beside = []
if base.endswith("/run") and number.isdigit():
    runs = os.path.dirname(here)
    beside = ["%s-%d/" % (base, int(number) + distance) for distance in range(-50, 51)]
    for other in beside:
        for folder in ["", "work", "tmp", "files", "feedback"]:
            walk(other + folder)
        read("%s/input-%d" % (runs, int(number) + beside.index(other) - 50))
    above = os.getcwd()
    while above != "/":
        walk(above)
        above = os.path.dirname(above)
for name in ["input", "output", "answer", "test.in", "test.ans", "judgemessage.txt", "feedback", "main.c", "kept"]:
    for folder in ["/", "/files/", "/feedback/", "/work/", "/tmp/", "/.host/", "/.host/tmp/", "/proc/1/root/files/", "/proc/1/cwd/"] + [
        other + folder for other in beside for folder in ("files/", "feedback/", "work/", "tmp/")]:
        read(folder + name)
for pid in ["self", "thread-self", "1", "2", "3"] + [str(os.getpid() + distance) for distance in range(-50, 51)]:
    for name in ["environ", "cmdline", "mountinfo", "mounts", "mountstats", "maps", "cgroup", "comm", "stat", "status", "numa_maps", "io", "wchan",
                 "stack", "syscall", "auxv", "net/unix", "net/tcp", "timerslack_ns"]:
        try:
            look(name, open("/proc/%s/%s" % (pid, name), "rb").read(1 << 20))
        except OSError:
            pass
    for folder in ["fd", "map_files", "task", "ns", "cwd", "root", "exe"]:
        path = "/proc/%s/%s" % (pid, folder)
        try:
            look(path, os.fsencode(os.readlink(path)))
        except OSError:
            pass
        try:
            for name in os.listdir(path):
                look(path, os.fsencode(os.readlink(path + "/" + name)))
        except OSError:
            pass
for descriptor in range(512):
    try:
        look("descriptor %d" % descriptor, os.fsencode(os.readlink("/proc/self/fd/%d" % descriptor)))
        if descriptor != 1 and descriptor != 2:
            look("descriptor %d" % descriptor, os.pread(descriptor, 8 << 20, 0))
    except OSError:
        pass
look("environment", repr(os.environb).encode())
look("arguments", repr(sys.argv).encode())
look("limits", repr(os.uname()).encode())
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, rights = line.split()[:2]
        begin, end = (int(number, 16) for number in span.split("-"))
        if rights.startswith("r") and end - begin < 64 << 20 and "[v" not in line:
            try:
                memory.seek(begin)
                # What was found before is in here too.
                before = {entry.rsplit(" ", 1)[1].encode() for entry in found}
                for match in WORD.findall(memory.read(end - begin)):
                    if match != given and match not in before:
                        found.add("memory: " + match.decode())
            except (OSError, ValueError, OverflowError):
                pass
if compiling:
    if found:
        sys.exit("\n".join(sorted(found)))
    with open("program", "w") as program:
        program.write("#!/bin/sh\necho safe\n")
    os.chmod("program", 0o755)
else:
    print("\n".join(sorted(found)) or "safe")
