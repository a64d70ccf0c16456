# Two gigabytes in one piece, without the end of a line.
import os
piece = memoryview(bytes(1 << 20))
while True:
    os.write(1, piece)
