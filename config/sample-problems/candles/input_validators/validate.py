#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"([1-9]\d*) (0|[1-9]\d*)\n([1-9]\d* [1-9]\d*\n)+", text)
(n, s), *candles = (list(map(int, line.split())) for line in text.splitlines())
assert 1 <= n == len(candles) <= 20000
assert all(1 <= h <= 10**6 and 1 <= b <= 1000 for h, b in candles)
assert s <= sum(h for h, _ in candles)
sys.exit(42)
