# Wrong: a right row with one singer too many.
n, k = map(int, input().split())
half = n // 2
if n > 1 and k > half:
    print("IMPOSSIBLE")
elif n % 2 == 1:
    print(half + 1, *(x for i in range(1, half + 1) for x in (i, half + 1 + i)), n + 1)
else:
    print(*(x for i in range(half, 0, -1) for x in (i, i + half)), n + 1)
