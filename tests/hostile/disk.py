# Fills the disk.
number = 0
while True:
    number += 1
    open("/tmp/%d" % number, "wb").write(bytes(1 << 19))
