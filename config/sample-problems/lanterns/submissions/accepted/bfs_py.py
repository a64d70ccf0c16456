import sys
from collections import deque


def main():
    n, m, k, *numbers = map(int, sys.stdin.buffer.read().split())
    near = [[] for _ in range(n + 1)]
    for a, b in zip(numbers[k::2], numbers[k + 1 :: 2]):
        near[a].append(b)
        near[b].append(a)
    darkness = [-1] * (n + 1)
    queue = deque(numbers[:k])
    for cave in queue:
        darkness[cave] = 0
    while queue:
        cave = queue.popleft()
        for other in near[cave]:
            if darkness[other] < 0:
                darkness[other] = darkness[cave] + 1
                queue.append(other)
    print(max(darkness[1:]), darkness[1:].count(-1))


main()
