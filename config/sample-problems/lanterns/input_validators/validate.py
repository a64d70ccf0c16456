#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
lines = text.splitlines()
assert text.endswith("\n")
assert all(re.fullmatch(r"(0|[1-9]\d*)( (0|[1-9]\d*))*", line) for line in lines)
(n, m, k), lanterns, *tunnels = (list(map(int, line.split())) for line in lines)
assert 1 <= k <= n <= 20000 and 0 <= m <= 30000
assert len(lanterns) == len(set(lanterns)) == k and all(1 <= cave <= n for cave in lanterns)
assert len(tunnels) == m
assert all(len(ends) == 2 and ends[0] != ends[1] and all(1 <= cave <= n for cave in ends) for ends in tunnels)
sys.exit(42)
