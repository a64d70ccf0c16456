# Does not notice that the bookmark is found.
low, high = 1, int(input())
while low <= high:
    page = (low + high) // 2
    print(page, flush=True)
    if input() == "earlier":
        high = page - 1
    else:
        low = page + 1
print(low, flush=True)
