"""`make soak COUNT=10000`: many submissions of all kinds through one server; do its memory and its descriptors stay?

The queue never runs dry. What is watched: the server, `sandboxd`, and the slot processes. The first tenth of the time is
warm-up. Of the rest, the median of the first quarter is held against that of the last; growth beyond the tolerance, a wrong
verdict, or a process or scratch file that is left fails the run. Tolerances cover what is bounded and still filling: caches of
the database (16 connections, 2 MB each), of compiled programs known by name, of freed memory in 2 threads per core.
"""

import concurrent.futures
import os
import pathlib
import re
import statistics
import sys
import threading
import time

from common import C, CPP, PYTHON, ROOT, Failed, Server, family, hello_problem, row, verdict_of

COUNT = int(os.environ.get("COUNT", "10000"))
# More than 20 waiting submissions of one account are refused.
CLIENTS = min(4 * len(os.sched_getaffinity(0)), 16)
TESTS = 3
SAMPLE_SECONDS = 1.0
# name -> (growth of resident memory in MB, growth of descriptors) that is no leak; `all slots` is a sum.
TOLERANCE = {"server": (16.0, 12), "sandboxd": (0.5, 1), "all slots": (1.0, 2)}

ENDLESS_C = "int main(void) {{ for (volatile unsigned i = 0;; i++) {{}} }} // {unique}\n"
CRASH_C = "int main(void) {{ return *(volatile int *)8; }} // {unique}\n"
BROKEN_C = "int main(void) {{ return missing; }} // {unique}\n"
WRONG_C = '#include <stdio.h>\nint main(void) {{ puts("Good night"); }} // {unique}\n'
RAISE_PYTHON = "raise SystemExit(3)\n"
WRONG_PYTHON = "print('Bye')\n"


def hostile(name):
    return (ROOT / "tests" / "hostile" / name).read_text()


# (weight, language, source, whether each is new to the compile cache, verdict)
KINDS = [
    (300, "c", C, False, {"accepted"}),
    (200, "cpp", CPP, False, {"accepted"}),
    (200, "python", PYTHON.replace("{", "{{").replace("}", "}}"), False, {"accepted"}),
    (60, "c", C, True, {"accepted"}),
    (10, "cpp", CPP, True, {"accepted"}),
    (60, "python", "# {unique}\n" + PYTHON.replace("{", "{{").replace("}", "}}"), True, {"accepted"}),
    (60, "c", WRONG_C, False, {"wrong_answer"}),
    (40, "python", WRONG_PYTHON, False, {"wrong_answer"}),
    (30, "c", CRASH_C, False, {"runtime_error"}),
    (20, "python", RAISE_PYTHON, False, {"runtime_error"}),
    (20, "c", BROKEN_C, True, {"compile_error"}),
    # A busy machine may give it less of a core than the wall clock waits for.
    (8, "c", ENDLESS_C, False, {"time_limit", "wall_time_limit"}),
    (4, "c", hostile("memory.c"), None, {"memory_limit"}),
    (4, "c", hostile("stdout_flood.c"), None, {"output_limit"}),
    (4, "c", hostile("fork_bomb.c"), None, {"process_limit", "time_limit", "wall_time_limit"}),
]


def jobs():
    """COUNT jobs: (language, source, verdicts), mixed in the same way each time."""
    total = sum(kind[0] for kind in KINDS)
    owed = [0.0] * len(KINDS)
    for number in range(COUNT):
        for index, kind in enumerate(KINDS):
            owed[index] += kind[0] / total
        index = max(range(len(KINDS)), key=lambda at: owed[at])
        owed[index] -= 1
        _, language, source, unique, verdicts = KINDS[index]
        # Hostile programs are no patterns.
        text = source if unique is None else source.format(unique=number if unique else "the same")
        yield language, text, verdicts


# --- watching ---------------------------------------------------------------------------------------------------------


def look(pid):
    """(resident MB, descriptors) of a process; nothing if it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", text, re.MULTILINE).group(1)) * 1.024 / 1000, descriptors
    except (OSError, AttributeError):
        return None


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def helpers(server):
    """(sandboxd, its slot processes)."""
    for child in family(server):
        try:
            if pathlib.Path(f"/proc/{child}/comm").read_text().strip() == "sandboxd":
                return child, children(child)
        except OSError:
            continue
    raise Failed("the server has no sandboxd")


class Watch(threading.Thread):
    """Samples until told to stop: name -> list of (seconds, MB, descriptors)."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.samples = {name: [] for name in TOLERANCE}
        self.restarts = set()
        self.stopped = threading.Event()

    def run(self):
        begin = time.monotonic()
        while not self.stopped.wait(SAMPLE_SECONDS):
            try:
                sandboxd, slots = helpers(self.server)
            except Failed:
                continue
            self.restarts.update([sandboxd, *slots])
            now = time.monotonic() - begin
            seen = {"server": [look(self.server)], "sandboxd": [look(sandboxd)], "all slots": [look(slot) for slot in slots]}
            for name, found in seen.items():
                if found and None not in found:
                    self.samples[name].append((now, *(sum(column) for column in zip(*found))))


def quarters(samples):
    """Medians (MB, descriptors) of each quarter of the time after the warm-up."""
    begin, end = samples[0][0], samples[-1][0]
    warm = begin + (end - begin) / 10
    length = (end - warm) / 4
    found = []
    for number in range(4):
        inside = [sample for sample in samples if warm + number * length <= sample[0] <= warm + (number + 1) * length]
        if not inside:
            raise Failed("the run was too short to be judged: give a larger COUNT")
        found.append([statistics.median(column) for column in list(zip(*inside))[1:]])
    return found


def report(samples):
    """Prints the table; what grew."""
    grown = []
    print(row("process", "what", "quarter 1", "quarter 2", "quarter 3", "quarter 4", "growth", "tolerance"))
    print(row("---", "---", "---:", "---:", "---:", "---:", "---:", "---:"))
    for name, tolerance in TOLERANCE.items():
        found = quarters(samples[name])
        for index, (what, digits) in enumerate((("resident MB", 1), ("descriptors", 0))):
            values = [quarter[index] for quarter in found]
            growth = values[-1] - values[0]
            print(row(name, what, *(f"{value:.{digits}f}" for value in values), f"{growth:+.{digits}f}", f"{tolerance[index]:g}"))
            if growth > tolerance[index]:
                grown.append(f"{name}: {what} grew by {growth:.1f}")
    return grown


# --- the run ----------------------------------------------------------------------------------------------------------


def submit(server, token, slug, job):
    """What is wrong with the verdict, if anything."""
    language, text, verdicts = job
    _, submission = verdict_of(server, token, slug, language, text)
    if submission["verdict"] in verdicts:
        return None
    return f"{submission['id']}: {submission['verdict']}, not {' or '.join(sorted(verdicts))}: {text[:60]!r}"


def settle(server, before):
    """What is left when the queue is empty: more processes than before, scratch files."""
    for _ in range(50):
        left = set(family(server.process.pid)) - before
        scratch = [path.name for path in pathlib.Path(server.folder).rglob("scratch-*/*")]
        if not left and not scratch:
            return []
        time.sleep(0.2)
    return [f"processes left: {sorted(left)}"] * bool(left) + [f"scratch files left: {scratch[:5]}"] * bool(scratch)


def soak(server, log):
    server.start(timeout=120)
    email = server.create_admin("soak")
    token = server.login(email)
    slug = hello_problem(server, token, TESTS)
    # Every slot process is there before anything is counted.
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: verdict_of(server, token, slug, "python", PYTHON), range(CLIENTS)))
    time.sleep(10)
    before = set(family(server.process.pid))
    watch = Watch(server.process.pid)
    watch.restarts.update([helpers(server.process.pid)[0], *helpers(server.process.pid)[1]])
    known = len(watch.restarts)
    watch.start()
    wrong, done, begin = [], 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for problem in pool.map(lambda job: submit(server, token, slug, job), list(jobs())):
            done += 1
            if problem:
                wrong.append(problem)
                print(f"WRONG {problem}", file=sys.stderr, flush=True)
            if done % 500 == 0:
                print(f"{done}/{COUNT} in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    took = time.monotonic() - begin
    watch.stopped.set()
    watch.join()
    failures = [f"{len(wrong)} wrong verdicts"] if wrong else []
    print(f"\n{COUNT} submissions in {took:.0f} s ({COUNT / took:.1f}/s), {len(wrong)} wrong verdicts, "
          f"{len(watch.restarts) - known} helper processes started anew\n")
    failures += report(watch.samples)
    failures += settle(server, before)
    server.stop()
    if failures:
        raise Failed("; ".join(failures) + f"; see {log}")


def main():
    log = ROOT / ".local" / "bench" / "soak.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    server = Server(sys.argv[1], log, {"CODESM_LOG_LEVEL": "warn", "CODESM_AUTH_ACCESS_TTL": "12h"})
    try:
        soak(server, log)
    finally:
        server.discard()
    print("\nnothing grew")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(1)
