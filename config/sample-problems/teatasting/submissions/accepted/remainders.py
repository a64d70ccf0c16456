def main():
    n, k = map(int, input().split())
    seen = {0: 1}
    total = ranges = 0
    for time in map(int, input().split()):
        total = (total + time) % k
        same = seen.get(total, 0)
        ranges += same
        seen[total] = same + 1
    print(ranges)


main()
