// Takes what never ends into the program.
__asm__(".incbin \"/dev/urandom\"\n.include \"/dev/urandom\"");
int main(void) { return 0; }
