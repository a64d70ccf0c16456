// Wrong: the differences are 2 whatever k is, and where odd meets even nobody looks.
#include <iostream>

int main() {
    int n, k;
    std::cin >> n >> k;
    if (n > 1 && k > n / 2) {
        std::cout << "IMPOSSIBLE\n";
        return 0;
    }
    for (int i = 1; i <= n; i += 2) {
        std::cout << i << ' ';
    }
    for (int i = 2; i <= n; i += 2) {
        std::cout << i << ' ';
    }
    std::cout << '\n';
}
