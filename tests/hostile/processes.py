"""Tries to reach, outlive or disturb other processes. Prints `safe` if nothing works."""
import os
import signal
import subprocess

found = []
for pid in [1, os.getppid()]:
    if pid < 1:
        continue
    try:
        os.kill(pid, signal.SIGKILL)
        found.append("kill %d" % pid)
    except OSError:
        pass
# With reduced isolation nobody has numbers of its own; a session all the same.
if os.getsid(0) != os.getpid() or (os.getcwd() == "/work" and os.getpid() != 2):
    found.append("pid %d session %d" % (os.getpid(), os.getsid(0)))
for program in ["/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount", "/usr/bin/passwd"]:
    if os.path.exists(program):
        code = "import os; print(os.geteuid())"
        result = subprocess.run([program, "-h"], capture_output=True)
        status = open("/proc/self/status").read()
        if "NoNewPrivs:\t1" not in status or "CapEff:\t0000000000000000" not in status or "CapPrm:\t0000000000000000" not in status:
            found.append("privileges")
if "Seccomp:\t2" not in open("/proc/self/status").read():
    found.append("no seccomp")
# A daemon that holds standard output open; it must be gone with us.
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.pause()
    os._exit(0)
print("\n".join(found) or "safe")
