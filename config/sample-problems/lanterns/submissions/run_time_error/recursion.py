# Crashes (RecursionError, exit code 1) when a part of the hill has thousands of caves.
import sys


def main():
    n, m, k, *numbers = map(int, sys.stdin.buffer.read().split())
    near = [[] for _ in range(n + 1)]
    for a, b in zip(numbers[k::2], numbers[k + 1 :: 2]):
        near[a].append(b)
        near[b].append(a)
    seen = [False] * (n + 1)

    def visit(cave):
        seen[cave] = True
        for other in near[cave]:
            if not seen[other]:
                visit(other)

    for cave in numbers[:k]:
        if not seen[cave]:
            visit(cave)

    level = set(numbers[:k])
    reached = set(level)
    darkness = 0
    while True:
        level = {other for cave in level for other in near[cave]} - reached
        if not level:
            break
        reached |= level
        darkness += 1
    print(darkness, n - sum(seen))


main()
