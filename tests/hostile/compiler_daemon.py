# A compiler that stays: it holds the artefact, the folders and the streams, and goes on when it should be gone.
import os
import signal
import time
with open("program", "w") as program:
    program.write("#!/bin/sh\necho safe\n")
os.chmod("program", 0o755)
for child in range(10):
    if os.fork() == 0:
        os.setsid()
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        if os.fork() == 0:
            while True:
                time.sleep(1)
                with open("program", "w") as program:
                    program.write("#!/bin/sh\necho changed\n")
        os._exit(0)
