# Too slow: walks along all lockers for every parcel, O(n m).
import sys


def main():
    read = sys.stdin.buffer.readline
    read()
    lockers = sorted(map(int, read().split()))
    stored = lost = 0
    for parcel in map(int, read().split()):
        for i, size in enumerate(lockers):
            if size >= parcel:
                stored += 1
                lost += size - parcel
                lockers[i] = 0
                break
    print(stored, lost)


main()
