// Waits, out of reach of signals, for a child that waits for ever.
#include <signal.h>
#include <unistd.h>
int main(void) {
    for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
    if (vfork() == 0) for (;;) pause();
}
