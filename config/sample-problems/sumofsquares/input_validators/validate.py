#!/usr/bin/env python3
import re
import sys

text = sys.stdin.read()
assert re.fullmatch(r"(0|[1-9]\d*)\n(0|-?[1-9]\d*)( (0|-?[1-9]\d*))*\n", text)
first, second = text.splitlines()
changes = [int(word) for word in second.split()]
assert 1 <= int(first) == len(changes) <= 20000
assert all(-(10**6) <= change <= 10**6 for change in changes)
sys.exit(42)
