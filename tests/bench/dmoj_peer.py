"""Runs a program again and again in the sandbox of the DMOJ judge (its package `dmoj` must be importable).

Started by judge.py with the program's path; each line of standard input is a number of runs, each line of standard output
the nanoseconds of each of them as a JSON list.
"""

import json
import os
import subprocess
import sys
import time

from dmoj.cptbox import IsolateTracer, TracedPopen
from dmoj.cptbox.filesystem_policies import ExactFile, RecursiveDir

PROGRAM = sys.argv[1].encode()
# What the judge's own executor for C lets a program see.
READABLE = [
    RecursiveDir("/usr"), RecursiveDir("/lib"), RecursiveDir("/lib64"), RecursiveDir(os.path.dirname(sys.argv[1])),
    ExactFile("/etc/ld.so.cache"), ExactFile("/etc/ld.so.nohwcap"), ExactFile("/etc/ld.so.preload"), RecursiveDir("/proc/self"),
    ExactFile("/dev/null"), ExactFile("/etc/localtime"),
]


def run():
    begin = time.monotonic_ns()
    process = TracedPopen(
        [PROGRAM],
        executable=PROGRAM,
        security=IsolateTracer(read_fs=READABLE, write_fs=[ExactFile("/dev/null")]),
        time=2,
        wall_time=5,
        memory=262144,
        nproc=64,
        fsize=8 << 20,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LANG": "C.UTF-8"},
        cwd=b"/",
    )
    process.communicate()
    took = time.monotonic_ns() - begin
    if process.returncode != 0:
        raise SystemExit(f"the program ended with {process.returncode}: {process.protection_fault}")
    return took


for line in sys.stdin:
    print(json.dumps([run() for _ in range(int(line))]), flush=True)
