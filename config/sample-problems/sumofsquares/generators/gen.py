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


def case(folder, name, changes):
    write(folder, name, f"{len(changes)}\n{' '.join(map(str, changes))}\n", f"{sum(d * d for d in changes)}\n")


def main():
    random = Random(20250901)
    case("sample", "1", [3, -4, 0, 1])
    case("sample", "2", [1000000, -1000000, 250])
    case("secret", "01-one-zero", [0])
    case("secret", "02-one-negative", [-1])
    case("secret", "03-one-largest", [10**6])
    case("secret", "04-one-smallest", [-(10**6)])
    case("secret", "05-small", [random.between(-9, 9) for _ in range(10)])
    case("secret", "06-positive", [random.between(1, 1000) for _ in range(100)])
    case("secret", "07-negative", [random.between(-1000, -1) for _ in range(100)])
    case("secret", "08-just-over-32-bits", [46341, 46340, 2])
    case("secret", "09-thousand", [random.between(-(10**6), 10**6) for _ in range(1000)])
    case("secret", "10-zeros", [0] * 5000)
    case("secret", "11-random", [random.between(-(10**6), 10**6) for _ in range(20000)])
    case("secret", "12-largest", [10**6 - i % 2 for i in range(20000)])
    case("secret", "13-alternating", [(10**6) * (-1) ** i for i in range(20000)])


if __name__ == "__main__":
    main()
