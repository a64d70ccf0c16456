low, high = 1, int(input())
while True:
    page = (low + high + 1) // 2
    print(page, flush=True)
    answer = input()
    if answer == "here":
        break
    if answer == "earlier":
        high = page - 1
    else:
        low = page + 1
