// Goes before anybody has said anything.
int main(void) { return 0; }
