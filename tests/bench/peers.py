"""Other sandboxes that are measured beside ours, as far as they are on this machine. None of them is needed.

bubblewrap  Debian package; installed by `run-judge` if it can be
isolate     BENCH_ISOLATE, else `isolate` of the PATH; no Debian 12 package: build it from https://github.com/ioi/isolate, copy its
            default.cf to /usr/local/etc/isolate and give the user `isolate` a range in /etc/subuid and /etc/subgid
DMOJ        BENCH_DMOJ: a Python that can import `dmoj`; else the one in .local/bench/dmoj, which `run-judge` makes from PyPI
"""

import json
import os
import pathlib
import shutil
import subprocess

from common import ROOT, Failed

HERE = pathlib.Path(__file__).resolve().parent


def version(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).strip().partition("\n")[0]


class Peer:
    """Measured if `missing` is None. `measure(program, runs)` gives nanoseconds per run."""

    name = ""
    version = ""
    missing = None
    note = ""

    def measure(self, program, runs):
        raise NotImplementedError

    def close(self):
        """Ends what was started."""


class Bubblewrap(Peer):
    name = "bubblewrap"
    note = "namespaces only: neither limits nor measures"

    def __init__(self, measurer):
        self.measurer = measurer
        self.command = shutil.which("bwrap")
        if self.command is None:
            self.missing = "not installed (Debian package bubblewrap)"
        else:
            self.version = version([self.command, "--version"])

    def measure(self, program, runs):
        show = ["--ro-bind", "/usr", "/usr"]
        for folder in ("bin", "lib", "lib64"):
            show += ["--symlink", f"usr/{folder}", f"/{folder}"]
        command = [
            self.command, "--unshare-all", "--die-with-parent", "--new-session", *show, "--proc", "/proc", "--dev", "/dev",
            "--tmpfs", "/tmp", "--tmpfs", "/work", "--ro-bind", str(program.parent), "/program", "--chdir", "/work",
            f"/program/{program.name}",
        ]
        return self.measurer.ask({"do": "bare", "command": command, "runs": runs, "fork": True})["ns"]


class Isolate(Peer):
    name = "isolate"
    note = "one box for all runs; setting it up anew is not counted"

    def __init__(self, measurer):
        self.measurer = measurer
        self.command = os.environ.get("BENCH_ISOLATE") or shutil.which("isolate")
        if self.command is None:
            self.missing = "not installed (no package in Debian 12)"
            return
        done = subprocess.run([self.command, "--box-id=0", "--init"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.missing = f"cannot set up a box: {done.stderr.strip()}"
        self.version = version([self.command, "--version"])
        self.box = done.stdout.strip()

    def measure(self, program, runs):
        command = [
            self.command, "--silent", "--box-id=0", "--processes=64", "--time=2", "--wall-time=5", "--mem=262144", "--fsize=8192",
            f"--meta={self.box}/meta", f"--dir=/program={program.parent}", "--run", "--", f"/program/{program.name}",
        ]
        return self.measurer.ask({"do": "bare", "command": command, "runs": runs, "fork": True})["ns"]

    def close(self):
        if self.missing is None:
            subprocess.run([self.command, "--box-id=0", "--cleanup"], check=False)


class Dmoj(Peer):
    name = "DMOJ cptbox"
    note = "ptrace and seccomp, no namespaces"

    def __init__(self):
        local = ROOT / ".local" / "bench" / "dmoj" / "bin" / "python"
        self.python = os.environ.get("BENCH_DMOJ") or (str(local) if local.exists() else None)
        self.processes = {}
        if self.python is None:
            self.missing = "not installed (`pip install dmoj` failed)"
            return
        ask = "import dmoj.cptbox, importlib.metadata as m; print(m.version('dmoj'))"
        done = subprocess.run([self.python, "-c", ask], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.missing = f"cannot be imported: {done.stderr.strip().splitlines()[-1]}"
        self.version = done.stdout.strip()

    def measure(self, program, runs):
        if program not in self.processes:
            self.processes[program] = subprocess.Popen(
                [self.python, HERE / "dmoj_peer.py", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        process = self.processes[program]
        process.stdin.write(f"{runs}\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise Failed("the sandbox of DMOJ failed, see above")
        return json.loads(line)

    def close(self):
        for process in self.processes.values():
            process.stdin.close()
            process.wait()
            process.stdout.close()


class Measurer:
    """The program of measurer.rs: starts everything that is compared from one process."""

    def __init__(self, binary, data, languages):
        self.process = subprocess.Popen(
            [binary, data, languages], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self.description = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise Failed("the measurer ended, see above")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
