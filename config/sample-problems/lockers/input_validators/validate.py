#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
lines = text.splitlines()
assert len(lines) == 3 and text.endswith("\n") and not text.endswith("\n\n")
assert all(re.fullmatch(r"[1-9]\d*( [1-9]\d*)*", line) for line in lines)
(n, m), lockers, parcels = (list(map(int, line.split())) for line in lines)
assert 1 <= n == len(parcels) <= 150000
assert 1 <= m == len(lockers) <= 150000
assert max(lockers) <= 10**6 and max(parcels) <= 10**6
sys.exit(42)
