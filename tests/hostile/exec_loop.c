// Becomes itself again and again.
#include <unistd.h>
int main(int count, char **arguments) { (void)count; for (;;) execv("/program/program", arguments); }
