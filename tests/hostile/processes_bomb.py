# Processes from an interpreter, until it is refused.
import os
import time
children = 0
while True:
    try:
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
    except BlockingIOError:
        time.sleep(0.2)
        raise
