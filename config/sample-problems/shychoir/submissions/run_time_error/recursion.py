# Crashes (RecursionError, exit code 1) when there are thousands of singers.
n, k = map(int, input().split())
half = n // 2


def pairs(i):
    if i == 0:
        return []
    row = pairs(i - 1)
    row += [i, half + 1 + i] if n % 2 == 1 else [half + 1 - i, n + 1 - i]
    return row


if n > 1 and k > half:
    print("IMPOSSIBLE")
else:
    print(*([half + 1] if n % 2 == 1 else []), *pairs(half))
