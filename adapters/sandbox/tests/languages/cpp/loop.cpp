int main() {
    for (volatile unsigned x = 0;;) x = x + 1;
}
