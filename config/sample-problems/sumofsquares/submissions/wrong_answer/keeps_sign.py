# Wrong: negative changes are taken off.
input()
print(sum(int(d) * abs(int(d)) for d in input().split()))
