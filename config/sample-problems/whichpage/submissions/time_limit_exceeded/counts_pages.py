# Leafs through half of the book before each question.
low, high = 1, int(input())
answer = ""
while answer != "here":
    page = low
    while page < high - (page - low):
        page += 1
    print(page, flush=True)
    answer = input()
    if answer == "earlier":
        high = page - 1
    else:
        low = page + 1
