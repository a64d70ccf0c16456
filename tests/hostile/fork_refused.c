// Forks until it is refused, and fails for that.
#include <unistd.h>
int main(void) {
    for (;;) {
        int child = fork();
        if (child < 0) return 7;
        if (child == 0) { pause(); _exit(0); }
    }
}
