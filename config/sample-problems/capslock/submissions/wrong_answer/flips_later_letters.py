# Wrong: like Caps Lock, "~" concerns the letters typed later.
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
print("".join(paper) or "-")
