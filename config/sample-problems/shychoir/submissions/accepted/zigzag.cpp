#include <iostream>

int main() {
    int n, k;
    std::cin >> n >> k;
    const int half = n / 2;
    if (n > 1 && k > half) {
        std::cout << "IMPOSSIBLE\n";
        return 0;
    }
    if (n % 2 == 1) {
        std::cout << half + 1 << ' ';
        for (int i = 1; i <= half; ++i) {
            std::cout << i << ' ' << half + 1 + i << ' ';
        }
    } else {
        for (int i = half; i >= 1; --i) {
            std::cout << i << ' ' << i + half << ' ';
        }
    }
    std::cout << '\n';
}
