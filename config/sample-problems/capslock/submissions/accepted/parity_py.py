input()
paper = []
flipped = False
for key in input():
    if key == "~":
        flipped = not flipped
    elif key != "<":
        paper.append(key.swapcase() if flipped else key)
    elif paper:
        paper.pop()
text = "".join(paper)
print((text.swapcase() if flipped else text) or "-")
