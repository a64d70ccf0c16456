# Full pipes without end.
import os
kept = []
while True:
    reader, writer = os.pipe()
    kept.append((reader, writer))
    os.set_blocking(writer, False)
    os.write(writer, bytes(1 << 16))
