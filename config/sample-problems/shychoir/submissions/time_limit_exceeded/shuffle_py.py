# Too slow: shuffles until the row happens to be right.
import random

n, k = map(int, input().split())
if n > 1 and k > n // 2:
    print("IMPOSSIBLE")
else:
    random.seed(1)
    row = list(range(1, n + 1))
    while any(abs(a - b) < k for a, b in zip(row, row[1:])):
        random.shuffle(row)
    print(*row)
