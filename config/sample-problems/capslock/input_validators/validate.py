#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"[1-9]\d*\n[a-zA-Z<~]+\n", text)
count, keys = text.splitlines()
assert 1 <= int(count) == len(keys) <= 200000
sys.exit(42)
