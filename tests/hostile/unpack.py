# A few kilobytes that unpack to gigabytes.
import zlib
bomb = zlib.compress(bytes(1 << 24), 9)
kept = []
while True:
    kept.append(zlib.decompress(bomb))
