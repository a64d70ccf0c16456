# Folders in folders, ten thousand deep, each with odd names.
import os
for number in range(10000):
    name = b"d\n\xff"
    os.mkdir(name)
    os.chdir(name)
raise SystemExit(1)
