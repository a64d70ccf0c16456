#include "/dev/stdin"
#include "/etc/shadow"
int main(void) { return 0; }
