# Too slow: adds up all candles again for every candle that goes out, O(n^2).
import sys


def main():
    n, s, *numbers = map(int, sys.stdin.buffer.read().split())
    candles = list(zip(numbers[0::2], numbers[1::2]))
    for end_h, end_b in sorted(candles, key=lambda candle: candle[0] / candle[1]):
        height = rate = 0
        for h, b in candles:
            if h * end_b >= end_h * b:
                height += h
                rate += b
        if (height - s) * end_b <= end_h * rate:
            break
    print((height - s) / rate)


main()
