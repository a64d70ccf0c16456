# Crashes (ZeroDivisionError, exit code 1) when a change is zero.
input()
total = 0
for word in input().split():
    d = int(word)
    total += d**3 // d
print(total)
