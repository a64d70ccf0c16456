#!/usr/bin/env python3
"""Writes data/sample and data/secret anew; always the same bytes. Usage: python3 generators/gen.py"""

import pathlib

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


class Random:
    """SplitMix64: the same numbers with every Python version."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = 2**64 - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def between(self, low, high):
        return low + self.bits() % (high - low + 1)

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = self.between(0, i)
            items[i], items[j] = items[j], items[i]


def write(folder, name, text, answer):
    (DATA / folder / f"{name}.in").write_text(text, encoding="ascii", newline="\n")
    (DATA / folder / f"{name}.ans").write_text(answer, encoding="ascii", newline="\n")


def row(n, k):
    if n > 1 and k > n // 2:
        return "IMPOSSIBLE"
    half = n // 2
    if n % 2 == 0:
        order = [x for i in range(half, 0, -1) for x in (i, i + half)]
    else:
        order = [half + 1] + [x for i in range(1, half + 1) for x in (i, half + 1 + i)]
    assert all(abs(a - b) >= k for a, b in zip(order, order[1:]))
    return " ".join(map(str, order))


def case(folder, name, n, k):
    write(folder, name, f"{n} {k}\n", row(n, k) + "\n")


def main():
    case("sample", "1", 5, 2)
    case("sample", "2", 3, 2)
    case("sample", "3", 4, 1)
    case("secret", "01-alone", 1, 1)
    case("secret", "02-two", 2, 1)
    case("secret", "03-two-impossible", 2, 2)
    case("secret", "04-three", 3, 1)
    case("secret", "05-four-tight", 4, 2)
    case("secret", "06-four-impossible", 4, 3)
    case("secret", "07-six-tight", 6, 3)
    case("secret", "08-seven-tight", 7, 3)
    case("secret", "09-seven-impossible", 7, 4)
    case("secret", "10-nine-any", 9, 1)
    case("secret", "11-hundred", 100, 37)
    case("secret", "12-odd", 2001, 1000)
    case("secret", "13-odd-impossible", 2001, 1001)
    case("secret", "14-large-even-tight", 50000, 25000)
    case("secret", "15-large-odd-tight", 49999, 24999)
    case("secret", "16-large-loose", 50000, 2)
    case("secret", "17-large-impossible", 50000, 25001)
    case("secret", "18-large-extreme", 50000, 50000)


if __name__ == "__main__":
    main()
