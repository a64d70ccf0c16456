// A static array larger than the memory limit, touched.
static char array[1 << 30];
int main(void) { for (unsigned i = 0; i < sizeof array; i += 4096) ((volatile char *)array)[i] = 1; return 0; }
