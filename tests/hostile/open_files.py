# Opens files until it is refused.
kept = []
while True:
    kept.append(open("/dev/null"))
