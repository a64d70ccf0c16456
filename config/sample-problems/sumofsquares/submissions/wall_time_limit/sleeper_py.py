# Sleeps without end and uses no CPU time.
import time

while True:
    time.sleep(60)
