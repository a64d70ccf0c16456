#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"[1-9]\d* [1-9]\d*\n[1-9]( [1-9])*\n", text)
first, second = text.splitlines()
n, k = map(int, first.split())
assert 1 <= n <= 100000 and 1 <= k <= 1000000
assert len(second.split()) == n
limits = {"--most=100": 100, "--most=3000": 3000}
for flag in sys.argv[1:]:
    assert n <= limits[flag]
sys.exit(42)
