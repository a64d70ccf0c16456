#!/usr/bin/env python3
"""Writes data/sample and data/secret anew; always the same bytes. Usage: python3 generators/gen.py"""

import bisect
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


def answer(lockers, parcels):
    """Blocks of sorted lockers, unlike the jury's programs."""
    ordered = sorted(lockers)
    width = 400
    blocks = [ordered[i : i + width] for i in range(0, len(ordered), width)]
    tops = [block[-1] for block in blocks]
    stored = lost = 0
    for parcel in parcels:
        at = bisect.bisect_left(tops, parcel)
        if at == len(blocks):
            continue
        block = blocks[at]
        size = block.pop(bisect.bisect_left(block, parcel))
        stored += 1
        lost += size - parcel
        if block:
            tops[at] = block[-1]
        else:
            del blocks[at], tops[at]
    return f"{stored} {lost}\n"


def case(folder, name, lockers, parcels):
    text = f"{len(parcels)} {len(lockers)}\n{' '.join(map(str, lockers))}\n{' '.join(map(str, parcels))}\n"
    write(folder, name, text, answer(lockers, parcels))


def main():
    random = Random(424242)

    def many(count, low, high):
        return [random.between(low, high) for _ in range(count)]

    top = 10**6
    large = 150000
    case("sample", "1", [5, 10, 8], [4, 5, 9, 9])
    case("sample", "2", [3, 3, 7], [1, 8, 7, 2, 1])
    case("secret", "01-exact", [6], [6])
    case("secret", "02-too-small", [5], [6])
    case("secret", "03-extremes", [1, top], [top, 1, 1])
    case("secret", "04-one-locker", [50], many(20, 40, 60))
    case("secret", "05-one-parcel", many(20, 1, 100), [60])
    case("secret", "06-order-matters", [10, 20, 30, 40], [25, 5, 35, 15, 5])
    case("secret", "07-small", many(30, 1, 20), many(30, 1, 20))
    case("secret", "08-few-lockers", many(50, 1, 1000), many(1000, 1, 1000))
    case("secret", "09-few-parcels", many(1000, 1, 1000), many(50, 1, 1000))
    case("secret", "10-equal", [7] * 3000, [7] * 2999 + [8, 6])
    case("secret", "11-medium", many(5000, 1, top), many(5000, 1, top))
    case("secret", "12-large-random", many(large, 1, top), many(large, 1, top))
    case("secret", "13-large-few-sizes", many(large, 1, 999), many(large, 1, 999))
    lockers = list(range(100001, 100001 + large))
    random.shuffle(lockers)
    case("secret", "14-large-nothing-fits", lockers, many(large, 600000, top))
    case("secret", "15-large-much-lost", many(large, 900000, top), many(large, 1, 99))


if __name__ == "__main__":
    main()
