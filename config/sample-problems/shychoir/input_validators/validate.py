#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"[1-9]\d* [1-9]\d*\n", text)
n, k = map(int, text.split())
assert 1 <= k <= n <= 50000
sys.exit(42)
