"""Measures a build of CodeSM on this machine and prints Markdown tables. Started by `run`.

Client and server share the machine: compare rows of one run, not numbers of two machines.
"""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

from common import CPP, PASSWORD, PYTHON, ROOT, Failed, Server, accepted_in, cpu_seconds, free_port, hello_problem, memory_mb, processor, row

SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
STARTS = 5
VERDICTS = 7
TESTS = 10


# --- measures ---------------------------------------------------------------------------------------------------------


def measure_start(server):
    times = []
    for _ in range(STARTS):
        server.stop()
        times.append(server.start())
    return times


def measure_verdict(server, token, slug, language, source_of):
    return [accepted_in(server, token, slug, language, source_of(run), TESTS) for run in range(VERDICTS)]


def wrk(url, pid, connections, script=None):
    """One run of wrk: requests per second, milliseconds at p50 and p99, CPU microseconds of the server per request."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "10s", "--latency"]
    if script:
        command += ["-s", script]
    before = cpu_seconds(pid)
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False, timeout=SECONDS + 60)
    after = cpu_seconds(pid)
    text = done.stdout
    if done.returncode != 0 or "Non-2xx" in text or "Socket errors" in text:
        raise Failed(f"wrk {url}: {text}{done.stderr}")
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}

    def percentile(which):
        value, suffix = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE).groups()
        return float(value) * unit[suffix]

    requests = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    return rate, percentile(50), percentile(99), (after - before) / requests * 1e6


def measure_throughput(server, email, slug, bare_pid, bare_url):
    """Name -> medians of interleaved runs, so that what else the machine does falls on all alike."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
        body = json.dumps(json.dumps({"email": email, "password": PASSWORD}))
        file.write(f'wrk.method = "POST"\nwrk.body = {body}\nwrk.headers["Content-Type"] = "application/json"\n')
    pid = server.process.pid
    rows = {
        "bare poem route": lambda: wrk(bare_url, bare_pid, 32),
        "GET /health/live": lambda: wrk(f"{server.base}/health/live", pid, 32),
        "GET /api/v1/problems/{slug}": lambda: wrk(f"{server.base}/api/v1/problems/{slug}", pid, 32),
        "POST /api/v1/auth/login": lambda: wrk(f"{server.base}/api/v1/auth/login", pid, 8, file.name),
    }
    results = {name: [] for name in rows}
    try:
        for number in range(ROUNDS):
            for name, measure in rows.items():
                print(f"round {number + 1}/{ROUNDS}: {name}", file=sys.stderr, flush=True)
                results[name].append(measure())
                time.sleep(0.5)
    finally:
        os.unlink(file.name)
    return {name: [statistics.median(column) for column in zip(*runs)] for name, runs in results.items()}


# --- report -----------------------------------------------------------------------------------------------------------


def print_row(*cells):
    print(row(*cells))


def report(starts, memory, verdicts, throughput):
    print(f"\n{processor()}, {os.cpu_count()} cores, Linux {platform.release()}\n")
    print_row("measure", "median", "worst", "goal")
    print_row("---", "---:", "---:", "---:")
    print_row("start to ready, existing data", f"{statistics.median(starts):.2f} s", f"{max(starts):.2f} s", "≤ 2 s")
    print_row("idle memory, resident, main process", f"{memory[0]:.0f} MB", "", "")
    print_row("idle memory, proportional, with all helpers", f"{memory[1]:.0f} MB", "", "≤ 60 MB")
    for name, (times, goal) in verdicts.items():
        print_row(f"POST to verdict, {name}, {TESTS} tests", f"{statistics.median(times):.2f} s", f"{max(times):.2f} s", goal)
    print()
    print_row("route", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", "of bare poem")
    print_row("---", "---:", "---:", "---:", "---:", "---:")
    limit = next(iter(throughput.values()))[0]
    for name, (rate, p50, p99, cpu) in throughput.items():
        print_row(name, f"{rate:,.0f}", f"{p50:.2f}", f"{p99:.1f}", f"{cpu:,.0f}", f"{rate / limit:.1%}")
    print(f"\nMedians of {ROUNDS} interleaved runs of {SECONDS} s with wrk on the same machine; logins with 8 connections, the rest with 32.")


def main():
    binary, bare_binary = sys.argv[1:3]
    log = ROOT / ".local" / "bench" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    server = Server(binary, log, {"CODESM_LOG_LEVEL": "warn"})
    port = free_port()
    bare = subprocess.Popen([bare_binary, f"127.0.0.1:{port}"])
    try:
        print(f"first start, with import of the samples: {server.start(timeout=120):.2f} s", file=sys.stderr)
        problem = server.first_problem()
        email = server.create_admin("bench")
        slug = hello_problem(server, server.login(email), TESTS)
        starts = measure_start(server)
        time.sleep(5)
        memory = memory_mb(server.process.pid)
        token = server.login(email)
        verdicts = {
            "Python": (measure_verdict(server, token, slug, "python", lambda run: f"# {run}\n{PYTHON}"), "≤ 1 s"),
            "C++ cold": (measure_verdict(server, token, slug, "cpp", lambda run: CPP.format(unique=run)), "≤ 2.5 s"),
        }
        throughput = measure_throughput(server, email, problem, bare.pid, f"http://127.0.0.1:{port}/health/live")
        server.stop()
    finally:
        server.discard()
        bare.kill()
        bare.wait()
    report(starts, memory, verdicts, throughput)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
