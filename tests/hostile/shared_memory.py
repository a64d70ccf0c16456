# Files in /dev/shm without end.
number = 0
while True:
    number += 1
    open("/dev/shm/%d" % number, "wb").write(bytes(1 << 19))
