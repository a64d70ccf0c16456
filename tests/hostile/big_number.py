# A number of which nobody sees the end.
print(9**9**9 % 10)
