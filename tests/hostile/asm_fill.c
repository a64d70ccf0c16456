// The assembler writes a terabyte.
__asm__(".data\n.fill 0x100000000, 8, 0x41\n");
int main(void) { return 0; }
