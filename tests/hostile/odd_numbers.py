# Numbers that are none, larger than any, and longer than any line. A checker that believes in numbers must survive them.
import sys
for text in ["nan", "inf", "-inf", "1e400", "-1e400", "0x1p99999", "1" * 500000, "-0", "1e-400", "\0", "\xff\xfe", "NaN(0x1)", "١٢٣"]:
    sys.stdout.write(text + "\n")
