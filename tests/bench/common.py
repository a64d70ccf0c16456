"""What the benchmarks and the soak test share: a problem to submit to, processes and their memory, Markdown tables."""

import json
import os
import pathlib
import platform
import re
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "config" / "scripts"))
from server import PASSWORD, Failed, Server, call, free_port  # noqa: E402, F401

TICKS = os.sysconf("SC_CLK_TCK")

PYTHON = 'print("Hello, " + input() + "!")\n'
CPP = """#include <bits/stdc++.h>
int main() {{
    std::string name;
    std::getline(std::cin, name);
    std::cout << "Hello, " << name << "!\\n"; // {unique}
}}
"""
C = """#include <stdio.h>
int main(void) {{
    char name[100];
    if (scanf("%99[^\\n]", name) == 1) printf("Hello, %s!\\n", name); // {unique}
}}
"""
JAVA = """import java.util.Scanner;

public class Main {{
    public static void main(String[] arguments) {{
        System.out.println("Hello, " + new Scanner(System.in).nextLine() + "!"); // {unique}
    }}
}}
"""


# --- processes --------------------------------------------------------------------------------------------------------


def family(pid):
    """The process and everything below it."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name may hold spaces and parentheses; what follows its last one may not.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo[-1])
        todo.extend(children.get(todo.pop(), []))
    return found


def memory_mb(pid):
    """(resident memory of the process, proportional share of it and all its helpers) in MB."""
    resident = 0.0
    proportional = 0.0
    for member in family(pid):
        try:
            text = pathlib.Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        kb = {key: int(value) for key, value in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}
        proportional += kb.get("Pss", 0) / 1000 * 1.024
        if member == pid:
            resident = kb.get("Rss", 0) / 1000 * 1.024
    return resident, proportional


def peak_mb(pid):
    """The most memory the process ever held, in MB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", text, re.MULTILINE).group(1)) / 1000 * 1.024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


# --- problems and verdicts --------------------------------------------------------------------------------------------


def hello_problem(server, token, tests):
    """A problem with so many tests, published; its slug."""
    base = server.base + "/api/v1"
    slug = f"bench-greeting-{tests}"
    problem = {
        "title": "Greeting", "slug": slug, "statement": "Greet the name you read.", "difficulty": "easy",
        "tags": ["bench"], "timeLimitMs": 2000, "memoryLimitMb": 256,
    }
    call(base, "POST", "/problems", problem, token, expect={201})
    cases = [{"input": f"number {n}\n", "answer": f"Hello, number {n}!\n", "sample": n == 1} for n in range(1, tests + 1)]
    call(base, "PUT", f"/problems/{slug}/tests", {"tests": cases}, token, expect={200, 201, 204})
    call(base, "POST", f"/problems/{slug}/publish", {}, token, expect={200, 201, 204})
    return slug


def verdict_of(server, token, slug, language, source, patience=180):
    """Submits and waits: (seconds from POST to the verdict as a client sees them, the submission)."""
    body = {"language": language, "source": source, "mode": "submit"}
    begin = time.monotonic()
    _, answer = call(server.base, "POST", f"/api/v1/problems/{slug}/submissions?wait=30", body, token, expect={201})
    while answer["data"]["verdict"] is None and time.monotonic() - begin < patience:
        time.sleep(0.2)
        _, answer = call(server.base, "GET", f"/api/v1/submissions/{answer['data']['id']}", None, token, expect={200})
    return time.monotonic() - begin, answer["data"]


def accepted_in(server, token, slug, language, source, tests):
    """Seconds from POST to the accepted verdict."""
    took, submission = verdict_of(server, token, slug, language, source)
    if submission["verdict"] != "accepted":
        raise Failed(f"{language}: the verdict is {submission['verdict']}: {json.dumps(submission)[:2000]}")
    if len(submission["tests"]) != tests:
        raise Failed(f"{language}: {len(submission['tests'])} tests were judged, not {tests}")
    return took


# --- report -----------------------------------------------------------------------------------------------------------


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
