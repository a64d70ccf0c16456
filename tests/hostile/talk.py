# A submission that answers as it is asked.
input()
print("safe", flush=True)
