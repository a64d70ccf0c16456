# Prints without end.
line = "restless " * 1000
while True:
    print(line)
