// The compiler computes, and computes.
constexpr int f() { int s = 0; for (long i = 0; i < 100000000000; i++) s += i; return s; }
constexpr int x = f();
int main() { return x; }
