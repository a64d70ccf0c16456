// A checker that writes more than anybody reads.
#include <stdio.h>
int main(void) { for (;;) puts("words and words and words"); }
