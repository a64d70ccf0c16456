// Sleeps until just under the wall limit of three seconds.
#include <stdio.h>
#include <unistd.h>
int main(void) { usleep(2800000); puts("safe"); }
