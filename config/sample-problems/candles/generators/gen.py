#!/usr/bin/env python3
"""Writes data/sample and data/secret anew; always the same bytes. Usage: python3 generators/gen.py"""

from fractions import Fraction
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


def answer(candles, s):
    """Exact: bisection over the moments at which candles go out, then one linear piece."""

    def left(time):
        return sum(h - b * time for h, b in candles if h > b * time)

    moments = sorted({Fraction(h, b) for h, b in candles} | {Fraction(0)})
    low, high = 0, len(moments) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if left(moments[middle]) >= s:
            low = middle
        else:
            high = middle
    start = moments[low]
    alive = [(h, b) for h, b in candles if Fraction(h, b) > start]
    height, rate = sum(h for h, _ in alive), sum(b for _, b in alive)
    return f"{float(Fraction(height - s, rate)):.9f}\n"


def case(folder, name, candles, s):
    lines = [f"{len(candles)} {s}"] + [f"{h} {b}" for h, b in candles]
    write(folder, name, "\n".join(lines) + "\n", answer(candles, s))


def main():
    random = Random(31337)

    def many(count, h_low, h_high, b_low, b_high):
        return [(random.between(h_low, h_high), random.between(b_low, b_high)) for _ in range(count)]

    def total(candles):
        return sum(h for h, _ in candles)

    case("sample", "1", [(10, 5), (20, 2)], 10)
    case("sample", "2", [(7, 3)], 2)
    case("sample", "3", [(4, 1), (5, 1), (6, 1)], 15)
    case("secret", "01-one-to-nothing", [(1, 1000)], 0)
    case("secret", "02-one-untouched", [(1000000, 1)], 1000000)
    case("secret", "03-one-longest", [(1000000, 1)], 0)
    case("secret", "04-equal", [(12, 4)] * 9, 54)
    case("secret", "05-slow-and-fast", [(1000000, 1), (1000000, 1000)], 999000)
    case("secret", "06-same-moment", [(10 * b, b) for b in range(1, 101)], 0)
    small = many(10, 1, 50, 1, 9)
    case("secret", "07-small", small, total(small) // 3)
    case("secret", "08-small-to-nothing", small, 0)
    medium = many(1000, 1, 10**6, 1, 1000)
    case("secret", "09-medium", medium, total(medium) // 10)
    case("secret", "10-barely-burnt", medium, total(medium) - 1)
    case("secret", "11-barely-left", medium, 1)
    large = many(20000, 1, 10**6, 1, 1000)
    case("secret", "12-large", large, total(large) // 50)
    slow = [(h, 1 + i // 19990 * 999) for i, (h, _) in enumerate(large)]
    case("secret", "13-large-slow", slow, total(slow) // 1000)
    case("secret", "14-large-equal", [(10**6, 1)] * 20000, 12345)


if __name__ == "__main__":
    main()
