// Sends itself the signal of the time limit.
#include <signal.h>
int main(void) { raise(SIGXCPU); }
