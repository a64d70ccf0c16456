# An interactor that talks without end and never listens.
import sys
while True:
    sys.stdout.write("question " * 1000)
