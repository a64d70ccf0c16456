"""Tables of what judge.py measured."""

import datetime
import pathlib
import platform
import re
import statistics
import subprocess

from common import ROOT, Failed, processor, row

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN = "<!-- make bench-judge: begin -->"
END = "<!-- make bench-judge: end -->"


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def verdict(good):
    return "yes" if good else "**no**"


def machine(found, cores, rounds, runs):
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / 1e6
    description = found["description"]
    revision = first_line("git", "-C", str(ROOT), "describe", "--always", "--dirty=, changed") if (ROOT / ".git").exists() else "unknown"
    return [
        f"{datetime.date.today().isoformat()}, revision {revision}: {processor()}, {cores} cores, "
        f"{memory:.0f} GB, Linux {platform.release()}; tier {description['tier']} ({description['measured_by']}), "
        f"{description['slots']} slots; {first_line('gcc', '--version')}; {first_line('python3', '--version')}; "
        f"{first_line('java', '-version')}; {first_line('rustc', '--version')}.",
        "",
        f"Medians of {rounds} interleaved rounds of {runs} runs; each row of a table is measured in every round, so that what else the "
        "machine does falls on all alike. Compare rows of one table, not numbers of two machines.",
    ]


def runs_tables(found):
    lines = []
    for title, methods in found["runs"].items():
        base = methods["fork + exec"]
        lines += ["", f"### One run: {title}", "", row("by", "p50 ms", "p95 ms", "p50 over fork + exec", "p95 over it", "runs/s", "of fork + exec")]
        lines.append(row("---", "---:", "---:", "---:", "---:", "---:", "---:"))
        for name, (p50, p95, rate) in methods.items():
            lines.append(row(
                name, f"{p50:.2f}", f"{p95:.2f}", f"{p50 - base[0]:+.2f}", f"{p95 - base[1]:+.2f}", f"{rate:,.0f}", f"{rate / base[2]:.2f}"
            ))
    lines.append("")
    for peer in found["peers"]:
        what = f"not measured: {peer.missing}" if peer.missing else f"{peer.version}; {peer.note}"
        lines.append(f"- {peer.name}: {what}")
    lines.append("- CodeSM: fresh namespaces, work folder and limits for each run, which is measured; output read to its end.")
    return lines


def goals(found, tests, cores):
    """Rows of (measure, value, goal, whether it is met)."""
    rows = []
    for title, methods in found["runs"].items():
        base, ours = methods["fork + exec"], methods["CodeSM"]
        for index, name, goal in ((0, "p50", 0.6), (1, "p95", 2.0)):
            over = ours[index] - base[index]
            rows.append((f"sandbox over fork + exec, {title}, {name}", f"{over:.2f} ms", f"≤ {goal} ms", over <= goal))
    for name, rate in found["saturated"].items():
        least = 60 if "Python" in name else 500
        rows.append((f"runs per second and core, all slots at work, {name}", f"{rate:,.0f}", f"≥ {least}", rate >= least))
    limits = {"cold": 0.6, "before": 0.1, "Java": 1.3, "Python": 0.6}
    for name, times in found["verdicts"].items():
        # Java is cold, too: the last word that fits says which goal it is.
        most = [limit for word, limit in limits.items() if word in name][-1]
        median = statistics.median(times)
        rows.append((f"POST to verdict, {name}, {tests} tests", f"{median:.2f} s (worst {max(times):.2f})", f"≤ {most} s", median <= most))
    rate, growth = found["stream"]
    rows.append(("a test of 100 MB: copied and compared", f"{rate:,.0f} MB/s", "≥ 500 MB/s", rate >= 500))
    rows.append(("memory the same takes beyond what was held", f"{growth:.1f} MB", "≤ 10 MB", growth <= 10))
    seconds, growth = found["big"]
    rows.append(("POST to verdict, 100 MB test", f"{seconds:.2f} s", "", None))
    rows.append(("peak memory of the server grows by", f"{growth:.1f} MB", "≤ 10 MB", growth <= 10))
    one, most = found["throughput"][1], found["throughput"][cores]
    rows.append((f"submissions of {tests} tests of 10 ms, 1 slot", f"{one:.2f}/s", "", None))
    rows.append((f"the same, {cores} slots", f"{most:.2f}/s, {most / one:.2f} times", f"about {cores} times", most / one >= 0.85 * cores))
    for slots, (resident, proportional) in found["memory"].items():
        goal = 30 + slots
        text = f"{resident:.0f} MB; with all helpers {proportional:.0f} MB"
        rows.append((f"idle worker, {slots} slot{'s' if slots > 1 else ''}", text, f"≤ {goal} MB", proportional <= goal))
    return rows


def neighbours(found):
    if not found["neighbours"]:
        return ["", "Neighbours were not measured: there is one slot only."]
    lines = ["", "### A program of 50 ms beside a hostile one in the next slot", "", row("neighbour", "CPU time", "wall time")]
    lines.append(row("---", "---:", "---:"))
    for name, (cpu, wall) in found["neighbours"].items():
        lines.append(row(name, f"× {cpu:.2f}", f"× {wall:.2f}"))
    return [*lines, "", "As multiples of the same beside an idle slot, in the same run."]


def text(found, rounds, runs, tests, cores):
    """The whole section."""
    lines = machine(found, cores, rounds, runs)
    lines += ["", "### Goals", "", row("measure", "median", "goal", "met"), row("---", "---:", "---:", "---")]
    for name, value, goal, met in goals(found, tests, cores):
        lines.append(row(name, value, goal, "" if met is None else verdict(met)))
    lines += runs_tables(found)
    lines += neighbours(found)
    return "\n".join(lines)


def write(section):
    """Puts the section between its marks in docs/benchmarks.md."""
    document = DOCUMENT.read_text()
    if BEGIN not in document or END not in document:
        raise Failed(f"{DOCUMENT} has no marks `{BEGIN}` and `{END}`")
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{section}\n\n{END}{after}")
