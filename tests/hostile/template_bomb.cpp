// Templates that need each other, deeper than the compiler goes.
template <int n> struct node { static const int value = node<n - 1>::value + node<n - 2>::value; };
int main() { return node<100000>::value; }
