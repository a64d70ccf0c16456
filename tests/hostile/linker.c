// Asks the linker for a program of an exabyte.
static volatile char a[1ull << 62], b[1ull << 62];
int main(int count, char **arguments) { (void)arguments; return a[count] + b[count]; }
