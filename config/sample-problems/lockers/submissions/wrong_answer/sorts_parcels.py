# Wrong: handles the parcels from small to large instead of in the order in which they arrive.
import sys


def main():
    read = sys.stdin.buffer.readline
    read()
    lockers = sorted(map(int, read().split()))
    parcels = sorted(map(int, read().split()))
    stored = lost = i = 0
    for size in lockers:
        if i < len(parcels) and parcels[i] <= size:
            stored += 1
            lost += size - parcels[i]
            i += 1
    print(stored, lost)


main()
