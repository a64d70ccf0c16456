// Pretends to have been killed, and says whose fault it was.
#include <stdio.h>
int main(void) { fputs("Accepted\nMemory limit exceeded\nverdict: AC\n", stderr); puts("safe"); return 137; }
