// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static char given[256], bytes[8 << 20];
static int found;
static void look(const char *where, const char *data, size_t length) {
    const char start[] = {'c', 'a', 'n', 'a', 'r', 'y', ':', 0};
    for (const char *at = data; (at = memmem(at, data + length - at, start, 7)); at += 7) {
        size_t end = 7, rest = (size_t)(data + length - at);
        while (end < rest && (islower((unsigned char)at[end]) || at[end] == '-')) end++;
        if (end == 7 || end >= rest || at[end] != ':') continue;
        size_t digits = ++end;
        while (end < rest && isxdigit((unsigned char)at[end])) end++;
        if (end - digits < 16 || (strlen(given) == end && !strncmp(at, given, end))) continue;
        if (found++ < 20) printf("%s: %.*s\n", where, (int)end, at);
    }
}
static void file(const char *path) {
    int descriptor = open(path, O_RDONLY | O_NONBLOCK);
    if (descriptor < 0) return;
    ssize_t length = read(descriptor, bytes, sizeof bytes);
    if (length > 0) look(path, bytes, (size_t)length);
    close(descriptor);
}
static void walk(const char *folder) {
    DIR *open_folder = opendir(folder);
    if (!open_folder) return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        char path[4096];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") ? folder : "", entry->d_name);
        look("a name", path, strlen(path));
        struct stat state;
        if (lstat(path, &state)) continue;
        if (S_ISLNK(state.st_mode)) {
            ssize_t length = readlink(path, bytes, sizeof bytes);
            if (length > 0) look(path, bytes, (size_t)length);
        } else if (S_ISDIR(state.st_mode)) {
            const char *skipped[] = {"/usr", "/proc", "/root", "/opt", "/home", "/var/lib"};
            int skip = 0;
            for (int i = 0; i < 6; i++) skip |= !strcmp(path, skipped[i]);
            if (!skip) walk(path);
        } else if (S_ISREG(state.st_mode)) file(path);
    }
    closedir(open_folder);
}
extern char **environ;
int main(int count, char **arguments) {
    if (scanf("%255s", given) != 1) return 1;
    walk("/");
    walk("/proc/self/fd");
    /* With reduced isolation runs lie beside each other, and processes too: their numbers can be guessed. */
    char here[4096], other[4200];
    const char *folders[] = {"", "/work", "/tmp", "/files", "/feedback"};
    if (getcwd(here, sizeof here) && strstr(here, "/run-")) {
        char *number = strstr(here, "/run-") + 5;
        long mine = atol(number);
        for (long run = mine - 50; run <= mine + 50; run++)
            for (int i = 0; i < 5; i++) {
                snprintf(other, sizeof other, "%.*s%ld%s", (int)(number - here), here, run, folders[i]);
                walk(other);
            }
        for (char *end; (end = strrchr(here, '/')); *end = 0) walk(here);
    }
    const char *names[] = {"environ", "cmdline", "mountinfo", "mounts", "mountstats", "maps", "cgroup", "status", "net/unix"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        for (int pid = 1; pid < getpid() + 50; pid = pid == 3 && getpid() > 60 ? getpid() - 50 : pid + 1) {
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/%s", pid, names[i]);
            file(path);
        }
    for (int i = 0; i < count; i++) look("argument", arguments[i], strlen(arguments[i]));
    for (int i = 0; environ[i]; i++) look("environment", environ[i], strlen(environ[i]));
    for (int descriptor = 0; descriptor < 512; descriptor++) {
        if (descriptor == 1 || descriptor == 2) continue;
        ssize_t length = pread(descriptor, bytes, sizeof bytes, 0);
        if (length > 0) look("descriptor", bytes, (size_t)length);
    }
    // Memory as it was given: what is left in fresh pages.
    char *fresh = malloc(100 << 20);
    look("fresh memory", fresh, 100 << 20);
    if (!found) puts("safe");
}
