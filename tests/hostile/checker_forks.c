// A checker that becomes very many, and decides all the same.
#include <unistd.h>
int main(void) { for (int i = 0; i < 40; i++) if (fork() == 0) for (;;) pause(); return 42; }
