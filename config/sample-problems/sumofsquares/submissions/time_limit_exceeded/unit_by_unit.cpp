// Too slow: adds one unit at a time, up to 2e16 of them.
#include <iostream>

int main() {
    int n;
    std::cin >> n;
    volatile long long total = 0;
    for (int i = 0; i < n; ++i) {
        long long d;
        std::cin >> d;
        for (long long unit = 0; unit < d * d; ++unit) {
            total = total + 1;
        }
    }
    std::cout << total << '\n';
}
