// Dumps core.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
int main(void) {
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    char *much = malloc(64 << 20);
    memset(much, 7, 64 << 20);
    raise(SIGQUIT);
    abort();
}
