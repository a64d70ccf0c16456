// Looks for descriptors that were left open, and for a way to get many. Prints `safe` if there is none.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    int found = 0;
    for (int fd = 3; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) >= 0) { printf("descriptor %d is open\n", fd); found = 1; }
    int opened = 0;
    while (opened < 100000 && open("/dev/null", O_RDONLY) >= 0) opened++;
    if (opened > 4096) { printf("%d descriptors\n", opened); found = 1; }
    char link[4096];
    for (int fd = 0; fd < 3; fd++) {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(path, link, sizeof link - 1);
        if (length < 0) continue;
        link[length] = 0;
        if (strncmp(link, "pipe:", 5) && strncmp(link, "/memfd:", 7) && strcmp(link, "/")) {
            printf("descriptor %d is %s\n", fd, link);
            found = 1;
        }
    }
    if (!found) puts("safe");
}
