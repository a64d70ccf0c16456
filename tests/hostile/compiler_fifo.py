# A compiler that makes a pipe with nobody at its other end instead of a program.
import os
os.mkfifo("program")
