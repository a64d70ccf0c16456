// Writes as much as it may, so that a checker has much to read.
#include <string.h>
#include <unistd.h>
int main(void) {
    static char piece[1 << 20];
    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 100; i++) for (size_t at = 0; at < sizeof piece;) { ssize_t n = write(1, piece + at, sizeof piece - at); if (n <= 0) return 1; at += (size_t)n; }
}
