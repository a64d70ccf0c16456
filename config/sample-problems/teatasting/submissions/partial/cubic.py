# Adds up every range from its start.
n, k = map(int, input().split())
times = list(map(int, input().split()))
print(sum(sum(times[first:last]) % k == 0 for first in range(n) for last in range(first + 1, n + 1)))
