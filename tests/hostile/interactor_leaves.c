// An interactor that accepts before anybody has said anything.
int main(void) { return 42; }
