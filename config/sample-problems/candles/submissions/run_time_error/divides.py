# Crashes (ZeroDivisionError, exit code 1) when s is zero.
import sys


def main():
    n, s, *numbers = map(int, sys.stdin.buffer.read().split())
    heights, rates = numbers[0::2], numbers[1::2]
    height, rate = sum(heights), sum(rates)
    for end, h, b in sorted((h / b, h, b) for h, b in zip(heights, rates)):
        if (height / s - 1) * b <= h * rate / s:
            break
        height -= h
        rate -= b
    print((height - s) / rate)


main()
