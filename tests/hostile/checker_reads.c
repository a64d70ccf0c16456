// A checker that reads whatever it is given, to the end.
#include <stdio.h>
int main(void) {
    static char piece[1 << 20];
    unsigned long total = 0;
    for (size_t length; (length = fread(piece, 1, sizeof piece, stdin));) total += length;
    return total > 1000 ? 43 : 42;
}
