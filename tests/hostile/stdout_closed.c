// Closes every stream and goes on for a while.
#include <unistd.h>
int main(void) { close(0); close(1); close(2); usleep(100000); return 0; }
