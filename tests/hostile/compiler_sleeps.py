# A compiler that waits for ever.
import time
while True:
    time.sleep(60)
