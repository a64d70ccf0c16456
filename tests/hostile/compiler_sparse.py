# A compiler that makes a program of a gigabyte of nothing.
with open("program", "wb") as program:
    program.truncate(200 << 20)
