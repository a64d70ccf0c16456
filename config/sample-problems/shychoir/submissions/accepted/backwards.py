# Another right row than the C++ program's: high to low.
n, k = map(int, input().split())
half = n // 2
if n > 1 and k > half:
    print("IMPOSSIBLE")
else:
    row = []
    if n % 2 == 1:
        row.append(half + 1)
        for i in range(half):
            row += [n - i, half - i]
    else:
        for i in range(half):
            row += [half + 1 + i, 1 + i]
    print("\n".join(map(str, row)))
