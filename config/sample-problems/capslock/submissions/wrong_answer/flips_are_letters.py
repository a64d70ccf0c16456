# Wrong: erasing takes back a "~" as if it stood on the paper.
input()
done = []
for key in input():
    if key != "<":
        done.append(key)
    elif done:
        done.pop()
text = ""
flips = done.count("~")
for key in done:
    if key == "~":
        flips -= 1
    else:
        text += key.swapcase() if flips % 2 else key
print(text or "-")
