input()
print(sum(int(d) ** 2 for d in input().split()))
