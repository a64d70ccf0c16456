"""Measures judging on this machine: `make bench-judge`, started by `run-judge`. Writes its tables into docs/benchmarks.md.

BENCH_ROUNDS (7) and BENCH_RUNS (150 per round and row) make it longer; BENCH_WRITE=no only prints.
"""

import concurrent.futures
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

import judge_report
from common import (
    C, CPP, JAVA, PYTHON, ROOT, Failed, Server, accepted_in, family, hello_problem, memory_mb, peak_mb,
)
from peers import Bubblewrap, Dmoj, Isolate, Measurer

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
RUNS = int(os.environ.get("BENCH_RUNS", "150"))
TESTS = 20
VERDICTS = 7
BIG_BYTES = 100_000_000
CORES = len(os.sched_getaffinity(0))

EMPTY_C = "int main(void) { return 0; }\n"
# As in the table of languages, so that the same program is measured inside and outside.
CPP_COMMAND = ["g++", "-static-libstdc++", "-static-libgcc"]
HELLO_CPP = '#include <iostream>\nint main() { std::cout << "Hello\\n"; }\n'
HELLO_PYTHON = 'print("Hello")\n'
COPY_C = """#include <unistd.h>
static char buffer[1 << 16];
int main(void) {
    for (ssize_t got; (got = read(0, buffer, sizeof buffer)) > 0;)
        for (ssize_t put = 0; put < got;) {
            ssize_t done = write(1, buffer + put, got - put);
            if (done <= 0) return 1;
            put += done;
        }
}
"""
# About 50 ms of calculation in memory, to see what neighbours do to it.
CONTROL_C = """#include <stdlib.h>
int main(void) {
    enum { COUNT = 1 << 20 };
    unsigned *numbers = malloc(COUNT * sizeof *numbers), at = 1;
    for (unsigned i = 0; i < COUNT; i++) numbers[i] = i * 2654435761u;
    for (unsigned i = 0; i < 4000000; i++) at = numbers[at % COUNT] ^ i;
    return at == 12345;
}
"""
# The greeting, after some 10 ms of calculation.
SLOW_C = C.replace("char name", "for (volatile unsigned i = 0; i < 5000000; i++) {{}}\n    char name")
HOSTILE = {
    "fork bomb": ("c", "main.c", "fork_bomb.c"),
    "memory hog": ("c", "main.c", "memory.c"),
    "disk filler": ("python", "main.py", "disk.py"),
    "output flood": ("c", "main.c", "stdout_flood.c"),
}


def progress(text):
    print(text, file=sys.stderr, flush=True)


def source(language, file, text):
    return {"language": language, "file": file, "text": text}


# --- one run ----------------------------------------------------------------------------------------------------------


def languages_with_static_c(folder):
    """The project's table and one more language: C, linked statically, so that start-up is the kernel's work alone."""
    table = (ROOT / "config" / "languages.toml").read_text()
    entry = next(part for part in table.split("[[language]]") if '\nid = "c"\n' in part).partition("\n\n")[0]
    entry = entry.replace('id = "c"', 'id = "c-static"').replace('"-o"', '"-static", "-o"')
    entry = entry.replace('extensions = ["c"]', 'extensions = []\nsource_extensions = ["c"]')
    path = folder / "languages.toml"
    path.write_text(f"{table}\n[[language]]{entry}\n")
    return path


def compiled(folder, name, command, text):
    """The same program for everybody: compiled once, outside of any sandbox."""
    place = folder / name
    place.mkdir()
    file = place / ("program.cpp" if command[0] == "g++" else "program.c")
    file.write_text(text)
    subprocess.run([*command, "-O2", "-o", place / "program", file], check=True)
    return place / "program"


def percentiles(times):
    cuts = statistics.quantiles(times, n=20)
    return cuts[9] / 1e6, cuts[18] / 1e6, len(times) / sum(times) * 1e9


def measure_runs(measurer, peers, folder):
    """Program -> method -> medians of (p50 ms, p95 ms, runs/s) of interleaved rounds."""
    programs = {
        "C, `return 0`, static": (compiled(folder, "empty", ["gcc", "-static"], EMPTY_C), source("c-static", "main.c", EMPTY_C)),
        "C++ hello": (compiled(folder, "hello", CPP_COMMAND, HELLO_CPP), source("cpp", "main.cpp", HELLO_CPP)),
    }
    results = {}
    for title, (program, text) in programs.items():
        bare = {"do": "bare", "command": [str(program)], "runs": RUNS}
        methods = {
            "fork + exec": lambda: measurer.ask({**bare, "fork": True})["ns"],
            "posix_spawn": lambda: measurer.ask({**bare, "fork": False})["ns"],
            "CodeSM": lambda: measurer.ask({"do": "sandboxed", "program": text, "runs": RUNS})["ns"],
        }
        for peer in peers:
            if peer.missing is None:
                methods[peer.name] = lambda peer=peer: peer.measure(program, RUNS)
        rounds = {name: [] for name in methods}
        for number in range(ROUNDS + 1):
            progress(f"{title}: round {number}/{ROUNDS}")
            for name, method in methods.items():
                found = percentiles(method())
                # The first round warms everything up.
                if number > 0:
                    rounds[name].append(found)
        results[title] = {name: [statistics.median(column) for column in zip(*found)] for name, found in rounds.items()}
    return results


def measure_saturated(measurer):
    """Program -> runs per second and slot with all slots at work."""
    wanted = {
        "C, `return 0`, static": (source("c-static", "main.c", EMPTY_C), RUNS),
        "C++ hello": (source("cpp", "main.cpp", HELLO_CPP), RUNS),
        "Python hello": (source("python", "main.py", HELLO_PYTHON), max(RUNS // 5, 5)),
    }
    rates = {name: [] for name in wanted}
    for _ in range(ROUNDS):
        for name, (program, runs) in wanted.items():
            answer = measurer.ask({"do": "saturated", "program": program, "runs": runs})
            rates[name].append(answer["runs"] / answer["seconds"] / answer["slots"])
    return {name: statistics.median(found) for name, found in rates.items()}


def measure_neighbours(measurer):
    """Neighbour -> the control's median CPU and wall time, as multiples of those beside an idle slot."""
    if measurer.description["slots"] < 2:
        return {}
    control = source("c", "main.c", CONTROL_C)
    runs = max(RUNS // 10, 5)
    found = {name: [] for name in ["nobody", *HOSTILE]}
    for number in range(ROUNDS):
        for name in found:
            progress(f"beside {name}: round {number + 1}/{ROUNDS}")
            if name == "nobody":
                answer = measurer.ask({"do": "sandboxed", "program": control, "runs": runs})
            else:
                language, file, path = HOSTILE[name]
                hostile = source(language, file, (ROOT / "tests" / "hostile" / path).read_text())
                answer = measurer.ask({"do": "beside", "program": control, "runs": runs, "neighbour": hostile})
            found[name].append((statistics.median(answer["cpu"]), statistics.median(answer["ns"])))
    medians = {name: [statistics.median(column) for column in zip(*times)] for name, times in found.items()}
    base = medians.pop("nobody")
    return {name: [time / alone for time, alone in zip(times, base)] for name, times in medians.items()}


def big_file(folder):
    """Lines of ten numbers each, as large tests have them."""
    path = folder / "big.txt"
    chance = random.Random(1)
    line = lambda: " ".join(str(chance.randrange(10**9)) for _ in range(10)) + "\n"  # noqa: E731
    block = "".join(line() for _ in range(20_000)).encode()
    with path.open("wb") as file:
        while file.tell() < BIG_BYTES:
            file.write(block[: BIG_BYTES - file.tell()])
    return path


def measure_stream(measurer, file):
    """(MB/s, MB by which the measurer's peak memory grew) for a program that copies the file."""
    rates, growth = [], 0
    measurer.ask({"do": "sandboxed", "program": source("c", "main.c", EMPTY_C), "runs": 5})
    for _ in range(ROUNDS):
        answer = measurer.ask({"do": "stream", "program": source("c", "main.c", COPY_C), "file": str(file)})
        rates.append(answer["bytes"] / answer["seconds"] / 1e6)
        before, after = answer["peak_kib"]
        growth = max(growth, (after - before) * 1.024 / 1000)
    return statistics.median(rates), growth


# --- through HTTP -----------------------------------------------------------------------------------------------------


def measure_verdicts(server, token):
    """Name -> seconds from POST to the accepted verdict, with 20 tests."""
    slug = hello_problem(server, token, TESTS)
    sources = {
        "C++ with `<bits/stdc++.h>`, cold": ("cpp", lambda run: CPP.format(unique=run)),
        "C++, compiled before": ("cpp", lambda run: CPP.format(unique="the same")),
        "Java, cold": ("java", lambda run: JAVA.format(unique=run)),
        "Python": ("python", lambda run: f"# {run}\n{PYTHON}"),
    }
    for language, of in sources.values():
        accepted_in(server, token, slug, language, of("warm"), TESTS)
    # Headers, class lists and libraries are prepared in the background after the first start.
    wait_until_idle(server.process, server.log)
    times = {name: [] for name in sources}
    for run in range(VERDICTS):
        for name, (language, of) in sources.items():
            times[name].append(accepted_in(server, token, slug, language, of(run), TESTS))
    return times


def measure_throughput(server, token, slug, jobs):
    """Submissions per second, 20 tests of some 10 ms each, compiled before."""
    text = SLOW_C.format(unique="throughput")
    accepted_in(server, token, slug, "c", text, TESTS)
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(max_workers=min(4 * CORES, 16)) as pool:
        waiting = [pool.submit(accepted_in, server, token, slug, "c", text, TESTS) for _ in range(jobs)]
        for one in waiting:
            one.result()
    return jobs / (time.monotonic() - begin)


def big_problem(server, file, folder):
    """Imports a problem whose one secret test is the file; its slug."""
    package = folder / "bench-big.zip"
    yaml = "problem_format_version: 2025-09\nname: Copy\nuuid: 7a1cf4a7-9a2f-4ab8-94cf-df7b5a3b9df1\nlicense: cc0\n"
    yaml += "limits:\n  time_limit: 10\n  memory: 256\n  output: 256\n"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("problem.yaml", yaml)
        archive.writestr("statement/problem.en.md", "Copy.\n")
        for name in ("sample/1.in", "sample/1.ans"):
            archive.writestr(f"data/{name}", "1\n")
        for name in ("big.in", "big.ans"):
            archive.write(file, f"data/secret/{name}")
    done = subprocess.run(
        [server.binary, "import", "--author", "bench", "--publish", package],
        capture_output=True, text=True, env=server.environment, cwd=ROOT, check=False,
    )
    package.unlink()
    if done.returncode != 0:
        raise Failed(f"codesm import: {done.stderr}{done.stdout}")
    return "bench-big"


def measure_big(server, token, slug):
    """(seconds of a verdict on a 100 MB test, MB by which the peak memory of the main process grew)."""
    pid = server.process.pid
    accepted_in(server, token, slug, "c", COPY_C, 2)
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
    before = peak_mb(pid)
    times = [accepted_in(server, token, slug, "c", COPY_C, 2) for _ in range(VERDICTS)]
    return statistics.median(times), peak_mb(pid) - before


def is_helper(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(b"sandboxd")
    except OSError:
        return False


def wait_until_idle(worker, log):
    """Until nothing but helpers ran for five seconds: at first toolchains are asked for their versions and prepared."""
    begin = since = time.monotonic()
    while time.monotonic() - since < 5:
        if worker.poll() is not None:
            raise Failed(f"codesm work ended with {worker.returncode}, see {log}")
        if time.monotonic() - begin > 300:
            raise Failed("codesm work is never idle")
        if not all(is_helper(member) for member in family(worker.pid) if member != worker.pid):
            since = time.monotonic()
        time.sleep(0.1)


def measure_worker_memory(server, log):
    """Slots -> (resident memory of an idle `codesm work`, proportional share of it and all its helpers)."""
    found = {}
    for slots in sorted({1, CORES}):
        environment = {**server.environment, "CODESM_SANDBOX_SLOTS": str(slots), "CODESM_LOG_LEVEL": "info"}
        with log.open("wb") as out:
            worker = subprocess.Popen([server.binary, "work"], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=ROOT)
        try:
            wait_until_idle(worker, log)
            found[slots] = memory_mb(worker.pid)
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=25)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
    return found


def measure_server(binary, folder, file):
    """Everything that needs the real program."""
    log = ROOT / ".local" / "bench" / "judge.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    server = Server(binary, log, {"CODESM_LOG_LEVEL": "warn", "CODESM_AUTH_ACCESS_TTL": "12h"})
    found = {}
    try:
        server.start(timeout=120)
        email = server.create_admin("bench")
        token = server.login(email)
        progress("time to verdict")
        found["verdicts"] = measure_verdicts(server, token)
        progress("a test of 100 MB")
        found["big"] = measure_big(server, token, big_problem(server, file, folder))
        rates = {slots: [] for slots in sorted({1, CORES})}
        for number in range(3):
            for slots in rates:
                progress(f"throughput with {slots} slots: round {number + 1}/3")
                server.stop()
                server.environment["CODESM_SANDBOX_SLOTS"] = str(slots)
                server.start(timeout=60)
                rates[slots].append(measure_throughput(server, token, f"bench-greeting-{TESTS}", 40))
        found["throughput"] = {slots: statistics.median(times) for slots, times in rates.items()}
        server.stop()
        progress("memory of an idle worker")
        found["memory"] = measure_worker_memory(server, log.with_name("worker.log"))
    finally:
        server.discard()
    return found


def main():
    binary, measurer_binary = sys.argv[1:3]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="codesm-bench-"))
    # Programs in sandboxes run as other users and must be able to enter.
    folder.chmod(0o755)
    measurer, peers = None, []
    try:
        file = big_file(folder)
        measurer = Measurer(measurer_binary, folder / "data", languages_with_static_c(folder))
        peers = [Bubblewrap(measurer), Isolate(measurer), Dmoj()]
        found = {"description": measurer.description, "peers": peers}
        progress("a stream of 100 MB")
        found["stream"] = measure_stream(measurer, file)
        found["runs"] = measure_runs(measurer, peers, folder)
        found["saturated"] = measure_saturated(measurer)
        found["neighbours"] = measure_neighbours(measurer)
        measurer.close()
        found.update(measure_server(binary, folder, file))
    finally:
        for peer in peers:
            peer.close()
        if measurer is not None and measurer.process.poll() is None:
            measurer.close()
        shutil.rmtree(folder, ignore_errors=True)
    text = judge_report.text(found, rounds=ROUNDS, runs=RUNS, tests=TESTS, cores=CORES)
    print(text)
    if os.environ.get("BENCH_WRITE") != "no":
        judge_report.write(text)


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
