# Waits for a second question before it answers the first.
input()
input()
print("safe", flush=True)
