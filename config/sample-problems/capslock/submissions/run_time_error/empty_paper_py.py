# Crashes (IndexError, exit code 1) when a letter is to be taken off an empty paper.
input()
paper = []
flipped = False
for key in input():
    if key == "~":
        flipped = not flipped
    elif key == "<":
        paper.pop()
    else:
        paper.append(key.swapcase() if flipped else key)
text = "".join(paper)
print((text.swapcase() if flipped else text) or "-")
