// Locks and watches on files that every slot sees would carry a message from one run to another. Prints `safe` if there are none.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>
static int found = 0;
static void refused(const char *what, long result) { if (result >= 0) { printf("%s works\n", what); found = 1; } }
int main(void) {
    if (chdir(getenv("TMPDIR"))) return 1;
    int shared = open("/usr/bin/env", O_RDONLY), own = open("own", O_CREAT | O_RDWR, 0600);
    if (shared < 0 || own < 0) { puts("no files"); return 0; }
    int files[] = {shared, own};
    for (int i = 0; i < 2; i++) {
        refused("flock shared", flock(files[i], LOCK_SH | LOCK_NB));
        refused("flock exclusive", flock(files[i], LOCK_EX | LOCK_NB));
        struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1};
        refused("F_SETLK", fcntl(files[i], F_SETLK, &lock));
        refused("F_SETLKW", fcntl(files[i], F_SETLKW, &lock));
        lock.l_type = F_WRLCK;
        refused("F_GETLK", fcntl(files[i], F_GETLK, &lock));
        lock.l_type = F_RDLCK;
        lock.l_pid = 0;
        refused("F_OFD_SETLK", fcntl(files[i], 37, &lock));
        refused("F_OFD_SETLKW", fcntl(files[i], 38, &lock));
        refused("F_OFD_GETLK", fcntl(files[i], 36, &lock));
        refused("F_SETLEASE", fcntl(files[i], 1024, F_RDLCK));
        refused("F_NOTIFY", fcntl(files[i], 1026, 1));
    }
    int directory = open("/usr/bin", O_RDONLY);
    refused("F_NOTIFY of a folder", fcntl(directory, 1026, 1));
    int watch = inotify_init1(0);
    refused("inotify", watch);
    if (watch >= 0) refused("inotify watch", inotify_add_watch(watch, "/usr/bin", IN_OPEN | IN_ACCESS));
    if (!found) puts("safe");
}
