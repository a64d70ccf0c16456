# Fills the disk.
import os
number = 0
while True:
    number += 1
    open("%s/%d" % (os.environ["TMPDIR"], number), "wb").write(bytes(1 << 19))
