# Too many questions in a thick book.
n = int(input())
for page in range(1, n + 1):
    print(page, flush=True)
    if input() == "here":
        break
