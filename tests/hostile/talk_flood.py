# Talks without end and never listens.
import sys
while True:
    sys.stdout.write("safe and " * 1000)
