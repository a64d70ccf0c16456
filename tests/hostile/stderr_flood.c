// Writes to standard error without end.
#include <stdio.h>
int main(void) { for (;;) fputs("a line of output that goes on and on", stderr); }
