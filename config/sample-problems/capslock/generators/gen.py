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


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def answer(keys):
    """From the end to the start, unlike the jury's programs."""
    # A leading "<" on an empty paper does nothing, so find out first which of them count.
    length = 0
    counts = []
    for key in keys:
        counts.append(key == "<" and length > 0)
        length += 1 if key in LETTERS else -1 if counts[-1] else 0
    kept = []
    gone = 0
    flip = False
    for key, does in zip(reversed(keys), reversed(counts)):
        if key == "~":
            flip = not flip
        elif key == "<":
            gone += does
        elif gone:
            gone -= 1
        else:
            kept.append(key.swapcase() if flip else key)
    return "".join(reversed(kept)) or "-"


def case(folder, name, keys):
    write(folder, name, f"{len(keys)}\n{keys}\n", answer(keys) + "\n")


def main():
    random = Random(77)

    def letters(count):
        return "".join(LETTERS[random.between(0, 51)] for _ in range(count))

    def mixed(count, erase, flip):
        """Of 100 keys about so many erase and flip."""
        keys = []
        for _ in range(count):
            dice = random.between(0, 99)
            keys.append("<" if dice < erase else "~" if dice < erase + flip else LETTERS[random.between(0, 51)])
        return "".join(keys)

    case("sample", "1", "ab~c<D")
    case("sample", "2", "<Rust~~<<<<~")
    case("secret", "01-one", "q")
    case("secret", "02-erase-nothing", "<")
    case("secret", "03-flip-nothing", "~")
    case("secret", "04-erase-first", "<<<a~b")
    case("secret", "05-flip-then-type", "~Hello")
    case("secret", "06-type-then-flip", "Hello~")
    case("secret", "07-both-cases", "aAzZ~aAzZ~aAzZ")
    case("secret", "08-all-erased", letters(500) + "~" + "<" * 500)
    case("secret", "09-small", mixed(60, 20, 20))
    case("secret", "10-medium", mixed(5000, 25, 15))
    case("secret", "11-letters-only", letters(40000))
    case("secret", "12-large-random", mixed(200000, 20, 30))
    case("secret", "13-large-flips-last", letters(100000) + "~" * 99999 + "x")
    case("secret", "14-large-back-and-forth", (letters(50000) + "~" * 24999 + "<" * 25000) * 2)


if __name__ == "__main__":
    main()
