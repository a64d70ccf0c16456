// A checker that never decides.
int main(void) { for (;;) {} }
