// A checker that crashes.
int main(void) { return *(volatile int *)8; }
