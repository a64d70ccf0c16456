// A program whose data has no place in any address space.
static char array[1ull << 46];
int main(int count, char **arguments) { (void)arguments; array[count] = 1; return array[count * 2]; }
