// A program that the kernel refuses to start.
__attribute__((section(".interp"), used)) static const char no_zero_at_the_end[5] = "xxxxx";
int main(void) { return 0; }
