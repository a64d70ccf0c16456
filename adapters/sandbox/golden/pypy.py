import sys

numbers = list(map(int, sys.stdin.read().split()))
print(sum(sorted(numbers[1 : numbers[0] + 1])))
