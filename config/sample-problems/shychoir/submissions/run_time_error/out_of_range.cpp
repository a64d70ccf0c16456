// Crashes (uncaught exception, abort) when there are more than 1000 singers.
#include <iostream>
#include <vector>

int main() {
    int n, k;
    std::cin >> n >> k;
    const int half = n / 2;
    if (n > 1 && k > half) {
        std::cout << "IMPOSSIBLE\n";
        return 0;
    }
    std::vector<int> row(1000);
    std::size_t size = 0;
    if (n % 2 == 1) {
        row.at(size++) = half + 1;
    }
    for (int i = 1; i <= half; ++i) {
        row.at(size++) = n % 2 == 1 ? i : half + 1 - i;
        row.at(size++) = n % 2 == 1 ? half + 1 + i : n + 1 - i;
    }
    for (std::size_t i = 0; i < size; ++i) {
        std::cout << row[i] << ' ';
    }
    std::cout << '\n';
}
