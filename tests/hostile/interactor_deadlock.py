# An interactor that waits for a word before it asks.
import sys
sys.stdin.readline()
sys.stdin.readline()
print("question", flush=True)
sys.exit(42)
