"""Puts something else in place of its folders, its program and its streams. Prints `safe` if they are still there."""
import os
import stat

found = []
work, temporary, program = os.getcwd(), os.environ["TMPDIR"], os.path.realpath(__file__)
targets = [work, os.path.dirname(work), temporary, os.path.dirname(program), program, "/work", "/tmp", "/program", "/input", "/files", "/feedback", "/dev/shm", "/dev/null", "/usr", "/proc"]
for target in targets:
    for what, action in [
        ("rename", lambda: os.rename(target, temporary + "/moved")),
        ("remove", lambda: os.rmdir(target)),
        ("unlink", lambda: os.unlink(target)),
        ("link over", lambda: os.symlink("/etc", target)),
        ("hard link", lambda: os.link(target, work + "/hard")),
    ]:
        try:
            action()
            found.append("%s %s" % (what, target))
        except OSError:
            pass
os.mkdir("deep")
os.chmod(work, 0)
try:
    os.chmod(temporary, 0o7777)
except OSError:
    pass
for number, path in enumerate([work, temporary]):
    if stat.S_ISLNK(os.lstat(path).st_mode):
        found.append("link " + path)
print("\n".join(found) or "safe")
