// Never reaches its end.
#include <cstdio>
#include <cstdlib>
static void forever() { for (volatile int i = 0;; i = i + 1) {} }
int main() { std::atexit(forever); std::puts("safe"); std::fflush(stdout); }
