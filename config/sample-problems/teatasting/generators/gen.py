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


def count(k, times):
    seen = {0: 1}
    total = ranges = 0
    for time in times:
        total = (total + time) % k
        ranges += seen.get(total, 0)
        seen[total] = seen.get(total, 0) + 1
    return ranges


def case(name, k, times):
    path = DATA / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".in").write_text(f"{len(times)} {k}\n{' '.join(map(str, times))}\n", encoding="ascii", newline="\n")
    path.with_suffix(".ans").write_text(f"{count(k, times)}\n", encoding="ascii", newline="\n")


def some(seed, n, low=1, high=9):
    random = Random(seed)
    return [random.between(low, high) for _ in range(n)]


def main():
    case("sample/1", 5, [3, 2, 5, 1, 4])
    case("sample/2", 100, [1, 2, 3])
    case("secret/group1/01-alone", 7, [7])
    case("secret/group1/02-never", 900, some(2, 99, high=8))
    case("secret/group1/03-every", 1, some(3, 100))
    case("secret/group1/04-some", 6, some(4, 100))
    case("secret/group1/05-all-together", 500, [5] * 100)
    case("secret/group2/01-few", 1000, some(5, 2999))
    case("secret/group2/02-many", 3, some(6, 3000))
    case("secret/group2/03-equal", 9, [9] * 3000)
    case("secret/group2/04-large-k", 14999, some(7, 3000))
    case("secret/group3/01-every", 1, some(8, 100000))
    case("secret/group3/02-some", 1009, some(9, 100000))
    case("secret/group3/03-large-k", 1000000, [1, 9] * 50000)
    case("secret/group3/04-two", 2, some(10, 99999))


if __name__ == "__main__":
    main()
