// The assembler repeats, and repeats.
__asm__(".rept 1000000\n.rept 1000000\n.long 1\n.endr\n.endr\n");
int main(void) { return 0; }
