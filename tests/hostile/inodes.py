# Takes every inode.
number = 0
while True:
    number += 1
    open("/tmp/%d" % number, "w").close()
