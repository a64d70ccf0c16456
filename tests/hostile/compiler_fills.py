# A compiler that fills every place it can write to.
import os
kept = []
for folder in [os.getcwd(), os.environ["TMPDIR"], "/dev/shm"]:
    try:
        for number in range(100000):
            with open("%s/%d" % (folder, number), "wb") as file:
                file.write(bytes(1 << 20))
    except OSError as error:
        kept.append(error)
raise kept[-1]
