#!/usr/bin/env python3
"""The librarian: validate <input> <answer> <feedback_dir/>, talking over standard input and output.

Exit 42: accepted, 43: wrong answer, 1: the jury's data is broken. What is read comes from a stranger: in bounded memory.
"""

import pathlib
import sys

ACCEPTED = 42
WRONG = 43
JURY_ERROR = 1
MOST_QUESTIONS = 30
MOST_BYTES = 20  # Of a line: more is no number of a page.


def leave(code, judge, team=""):
    feedback = pathlib.Path(sys.argv[3])
    (feedback / "judgemessage.txt").write_text(judge + "\n", encoding="utf-8")
    if team:
        (feedback / "teammessage.txt").write_text(team + "\n", encoding="utf-8")
    # Not by the usual way out: what could not be said to a program that has gone is no failure of ours.
    sys.stdout = None
    sys.exit(code)


def wrong(judge, team):
    leave(WRONG, judge, team)


def say(words):
    try:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Reading tells why.
        pass


def question(number, n):
    line = sys.stdin.buffer.readline(MOST_BYTES + 1)
    if not line:
        wrong(f"ended after {number - 1} questions", "Your program ended before it found the bookmark.")
    text = line.decode("ascii", errors="replace").strip()
    if len(line) > MOST_BYTES or not (text.isascii() and text.isdigit()):
        wrong(f"question {number} is {text[:MOST_BYTES]!r}", f"Question {number} is not the number of a page.")
    page = int(text)
    if not 1 <= page <= n:
        wrong(f"question {number} is {page}", f"Question {number}: the book has no such page.")
    return page


def main():
    try:
        n, bookmark = map(int, pathlib.Path(sys.argv[1]).read_text(encoding="ascii").split())
    except ValueError:
        leave(JURY_ERROR, "the input file is broken")
    if not 1 <= bookmark <= n <= 10**9:
        leave(JURY_ERROR, "the input file is broken")
    say(n)
    for number in range(1, MOST_QUESTIONS + 1):
        page = question(number, n)
        if page == bookmark:
            say("here")
            if sys.stdin.buffer.read(1):
                wrong(f"asks on after question {number} was right", "Your program went on asking after it found the bookmark.")
            leave(ACCEPTED, f"found with {number} questions")
        say("earlier" if bookmark < page else "later")
    wrong("too many questions", f"The bookmark was not found with {MOST_QUESTIONS} questions.")


main()
