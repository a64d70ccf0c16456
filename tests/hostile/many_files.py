"""Leaves thousands of files behind; cleaning up is not the next program's time."""
for number in range(15000):
    open("%d" % number, "w").close()
print("safe")
