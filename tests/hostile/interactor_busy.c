// An interactor that works instead of talking.
int main(void) { for (;;) {} }
