# Writes where there is nothing.
import ctypes
ctypes.memset(8, 1, 4096)
