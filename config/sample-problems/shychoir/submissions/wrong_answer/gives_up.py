# Wrong: gives up where k is exactly half of n.
n, k = map(int, input().split())
half = n // 2
if k > half or 2 * k == n:
    print("IMPOSSIBLE")
elif n % 2 == 1:
    print(half + 1, *(x for i in range(1, half + 1) for x in (i, half + 1 + i)))
else:
    print(*(x for i in range(half, 0, -1) for x in (i, i + half)))
