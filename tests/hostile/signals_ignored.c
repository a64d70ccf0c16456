// Ignores every signal and works without end.
#include <signal.h>
int main(void) { for (int s = 1; s < 65; s++) signal(s, SIG_IGN); for (;;) {} }
