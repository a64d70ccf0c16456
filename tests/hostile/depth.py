# Folders in folders, deep but not too deep to be done with, each with odd names.
import os
for number in range(2500):
    name = b"d\n\xff"
    os.mkdir(name)
    os.chdir(name)
raise SystemExit(1)
