# Full sockets without end, in many processes.
import os, socket, time
for child in range(50):
    if os.fork() == 0:
        kept = []
        try:
            while True:
                pair = socket.socketpair()
                kept.append(pair)
                for end in pair:
                    end.setblocking(False)
                    try:
                        while True:
                            end.send(bytes(1 << 16))
                    except BlockingIOError:
                        pass
        except OSError:
            time.sleep(10)
        os._exit(0)
time.sleep(2)
raise SystemExit(5)
