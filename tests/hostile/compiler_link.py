# A compiler that makes a link to somebody else's file instead of a program.
import os
os.symlink("/etc/shadow", "program")
