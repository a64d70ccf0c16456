# The answers are words.
low, high = 1, int(input())
while low < high:
    page = (low + high) // 2
    print(page, flush=True)
    if int(input()) < 0:
        high = page
    else:
        low = page + 1
print(low, flush=True)
