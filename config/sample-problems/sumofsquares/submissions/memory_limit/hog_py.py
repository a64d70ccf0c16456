# Takes memory, and uses it, without end.
blocks = []
while True:
    blocks.append(b"x" * (1 << 20))
