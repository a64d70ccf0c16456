// An interactor that crashes.
int main(void) { return *(volatile int *)8; }
