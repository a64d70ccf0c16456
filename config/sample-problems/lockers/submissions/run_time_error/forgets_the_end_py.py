# Crashes (IndexError, exit code 1) when no free locker is large enough.
import sys
from bisect import bisect_left


def main():
    read = sys.stdin.buffer.readline
    read()
    lockers = sorted(map(int, read().split()))
    parcels = list(map(int, read().split()))
    after = list(range(len(lockers) + 1))
    lost = 0
    for parcel in parcels:
        i = bisect_left(lockers, parcel)
        while after[i] != i:
            after[i] = after[after[i]]
            i = after[i]
        lost += lockers[i] - parcel
        after[i] = i + 1
    print(len(parcels), lost)


main()
