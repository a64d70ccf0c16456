# Takes every inode.
import os
number = 0
while True:
    number += 1
    open("%s/%d" % (os.environ["TMPDIR"], number), "w").close()
