# A compiler that makes a folder instead of a program, and moves the one it was given.
import os
os.rename("main.py", os.environ["TMPDIR"] + "/moved")
os.makedirs("program/program/program")
os.symlink("/", "program/link")
