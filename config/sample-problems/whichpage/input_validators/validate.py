#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"[1-9]\d* [1-9]\d*\n", text)
n, bookmark = map(int, text.split())
assert 1 <= bookmark <= n <= 10**9
sys.exit(42)
