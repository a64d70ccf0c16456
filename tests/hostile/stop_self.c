// Stops itself, and whoever would wake it.
#include <signal.h>
int main(void) { kill(1, SIGSTOP); raise(SIGSTOP); }
