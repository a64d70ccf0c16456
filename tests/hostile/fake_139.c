// Pretends to have crashed.
#include <stdio.h>
int main(void) { fputs("Segmentation fault (core dumped)\nout of memory\n", stderr); puts("safe"); return 139; }
