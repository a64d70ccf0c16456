# Too slow: flips every letter on the paper each time, O(n^2).
input()
paper = []
for key in input():
    if key == "~":
        paper = [letter.swapcase() for letter in paper]
    elif key != "<":
        paper.append(key)
    elif paper:
        paper.pop()
print("".join(paper) or "-")
