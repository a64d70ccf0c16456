# Recursion without end and without the interpreter's own guard.
import sys
sys.setrecursionlimit(10**9)


def deeper(n):
    return [deeper(n + 1) for _ in "x"]


deeper(0)
