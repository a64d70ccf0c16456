// Works instead of talking.
int main(void) { for (;;) {} }
