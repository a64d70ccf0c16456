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


def answer(n, lanterns, tunnels):
    """Level by level over sets, unlike the jury's programs."""
    near = {}
    for a, b in tunnels:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    seen = set(lanterns)
    level = set(lanterns)
    darkness = -1
    while level:
        darkness += 1
        level = {other for cave in level for other in near.get(cave, ())} - seen
        seen |= level
    return f"{darkness} {n - len(seen)}\n"


def case(folder, name, n, lanterns, tunnels):
    lines = [f"{n} {len(tunnels)} {len(lanterns)}", " ".join(map(str, lanterns))] + [f"{a} {b}" for a, b in tunnels]
    write(folder, name, "\n".join(lines) + "\n", answer(n, lanterns, tunnels))


def main():
    random = Random(1001)

    def scramble(n, tunnels):
        """Other numbers, other order, other direction."""
        names = list(range(1, n + 1))
        random.shuffle(names)
        result = []
        for a, b in tunnels:
            a, b = names[a - 1], names[b - 1]
            result.append((a, b) if random.between(0, 1) else (b, a))
        random.shuffle(result)
        return names, result

    def some(n, m):
        tunnels = []
        while len(tunnels) < m:
            a, b = random.between(1, n), random.between(1, n)
            if a != b:
                tunnels.append((a, b))
        return tunnels

    def tree(n, reach):
        """Each cave hangs on one of the `reach` before it."""
        return [(random.between(max(1, i - reach), i - 1), i) for i in range(2, n + 1)]

    def ladder(n):
        half = n // 2
        return (
            [(i, i + 1) for i in range(1, half)]
            + [(half + i, half + i + 1) for i in range(1, half)]
            + [(i, half + i) for i in range(1, half + 1)]
        )

    case("sample", "1", 7, [1, 7], [(1, 2), (2, 3), (3, 4), (5, 6)])
    case("sample", "2", 4, [3], [(1, 2), (2, 3), (3, 4), (4, 1), (1, 2)])
    case("secret", "01-one-cave", 1, [1], [])
    case("secret", "02-no-tunnels", 10, [4], [])
    case("secret", "03-all-lit", 5, [5, 3, 1, 2, 4], [(1, 2), (2, 3), (3, 4), (4, 5)])
    case("secret", "04-repeated", 2, [2], [(1, 2), (2, 1), (1, 2)])
    case("secret", "05-star", 50, [7], [(1, i) for i in range(2, 51)])
    names, tunnels = scramble(100, [(i, i % 100 + 1) for i in range(1, 101)])
    case("secret", "06-circle", 100, [names[0], names[30]], tunnels)
    case("secret", "07-small-random", 30, [2, 29], some(30, 25))
    case("secret", "08-towards-the-lantern", 6, [6], [(1, 2), (2, 3), (3, 4), (4, 5), (5, 6)])
    names, tunnels = scramble(2000, some(2000, 2500))
    case("secret", "09-medium-random", 2000, names[:3], tunnels)
    names, tunnels = scramble(3000, tree(3000, 10))
    case("secret", "10-medium-tree", 3000, names[:1], tunnels)
    names, tunnels = scramble(20000, [(i, i + 1) for i in range(1, 20000)])
    case("secret", "11-large-path", 20000, names[:1], tunnels)
    names, tunnels = scramble(20000, ladder(20000))
    case("secret", "12-large-ladder", 20000, [names[3000], names[14000]], tunnels)
    names, tunnels = scramble(20000, some(20000, 30000))
    case("secret", "13-large-random", 20000, names[:50], tunnels)
    names, tunnels = scramble(20000, tree(20000, 3))
    case("secret", "14-large-tree", 20000, names[:2], tunnels)
    case("secret", "15-large-dark", 20000, [20000], [])


if __name__ == "__main__":
    main()
