# Files in memory without end.
import os
kept = []
while True:
    kept.append(os.memfd_create("x"))
    os.write(kept[-1], bytes(1 << 20))
