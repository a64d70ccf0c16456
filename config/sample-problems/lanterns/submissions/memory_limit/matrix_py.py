# Takes too much memory: a table with an entry for every pair of caves, up to 3.2 GB.
import sys


def main():
    n, m, k, *numbers = map(int, sys.stdin.buffer.read().split())
    tunnels = [[0] * (n + 1) for _ in range(n + 1)]
    for a, b in zip(numbers[k::2], numbers[k + 1 :: 2]):
        tunnels[a][b] = tunnels[b][a] = 1
    darkness = [-1] * (n + 1)
    queue = numbers[:k]
    for cave in queue:
        darkness[cave] = 0
    for cave in queue:
        row = tunnels[cave]
        other = -1
        for _ in range(sum(row)):
            other = row.index(1, other + 1)
            if darkness[other] < 0:
                darkness[other] = darkness[cave] + 1
                queue.append(other)
    print(max(darkness[1:]), darkness[1:].count(-1))


main()
