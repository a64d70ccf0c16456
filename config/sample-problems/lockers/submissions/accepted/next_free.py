# Lockers sorted by size; `after` leads from a locker to the next free one, with path halving.
import sys
from bisect import bisect_left


def main():
    read = sys.stdin.buffer.readline
    read()
    lockers = sorted(map(int, read().split()))
    parcels = list(map(int, read().split()))
    m = len(lockers)
    after = list(range(m + 1))
    stored = lost = 0
    for parcel in parcels:
        i = bisect_left(lockers, parcel)
        while after[i] != i:
            after[i] = after[after[i]]
            i = after[i]
        if i < m:
            stored += 1
            lost += lockers[i] - parcel
            after[i] = i + 1
    print(stored, lost)


main()
