# A compiler that makes a program with more rights than it should have, and of another kind than it seems.
import os
with open("program", "w") as program:
    program.write("#!/bin/sh\nif [ -u /program/program ] || [ -g /program/program ] || [ -w /program/program ]; then echo rights; else echo safe; fi\n")
os.chmod("program", 0o6777)
os.link("program", "other")
