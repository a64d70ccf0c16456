"""Machine code made at run time, in a language that has none. Prints `safe` if the kernel still says no."""
import ctypes
import mmap
import os

found = []
libc = ctypes.CDLL(None, use_errno=True)
# mov eax, 41 (socket); mov edi, 2; mov esi, 1; xor edx, edx; syscall; ret
code = b"\xb8\x29\0\0\0\xbf\x02\0\0\0\xbe\x01\0\0\0\x31\xd2\x0f\x05\xc3"
if os.uname().machine == "x86_64":
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    if call() >= 0:
        found.append("a socket")
if libc.prctl(38, 0, 0, 0, 0) == 0:
    found.append("new privileges")
if libc.prctl(23, 21, 0, 0, 0) > 0:
    found.append("a capability")
if libc.capset(ctypes.create_string_buffer(b"\x22\x05\x08\x20" + bytes(4)), ctypes.create_string_buffer(b"\xff" * 24)) == 0:
    found.append("capabilities")
for call in (libc.setuid, libc.setgid, libc.seteuid, libc.setfsuid):
    call(0)
if 0 in os.getresuid() + os.getresgid():
    found.append("root")
print("\n".join(found) or "safe")
