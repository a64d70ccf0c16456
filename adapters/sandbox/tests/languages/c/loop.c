int main(void) {
    for (volatile unsigned x = 0;;) x++;
}
