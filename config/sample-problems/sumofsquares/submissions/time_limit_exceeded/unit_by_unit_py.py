# Too slow: adds one unit at a time, up to 2e16 of them.
input()
total = 0
for word in input().split():
    unit, square = 0, int(word) ** 2
    while unit < square:
        unit += 1
        total += 1
print(total)
