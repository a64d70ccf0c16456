# Too slow: looks at all tunnels, n times.
import sys


def main():
    n, m, k, *numbers = map(int, sys.stdin.buffer.read().split())
    tunnels = list(zip(numbers[k::2], numbers[k + 1 :: 2]))
    far = n + 1
    darkness = [far] * (n + 1)
    for cave in numbers[:k]:
        darkness[cave] = 0
    for _ in range(n):
        for a, b in tunnels:
            if darkness[a] + 1 < darkness[b]:
                darkness[b] = darkness[a] + 1
            elif darkness[b] + 1 < darkness[a]:
                darkness[a] = darkness[b] + 1
    reached = [d for d in darkness[1:] if d < far]
    print(max(reached), n - len(reached))


main()
