// Never reaches its beginning.
struct Forever { Forever() { for (volatile int i = 0;; i = i + 1) {} } } forever;
int main() {}
