// A checker that takes all memory.
#include <stdlib.h>
#include <string.h>
int main(void) { for (;;) { char *piece = malloc(1 << 20); if (!piece) abort(); memset(piece, 1, 1 << 20); } }
