// Templates that need more memory than there is.
template <int n, class... t> struct grow : grow<n - 1, t..., t...> {};
template <class... t> struct grow<0, t...> { static constexpr int value = sizeof...(t); };
int main() { return grow<40, int, char, long>::value; }
