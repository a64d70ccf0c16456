// Too slow: shuffles until the row happens to be right.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <random>
#include <vector>

int main() {
    int n, k;
    std::cin >> n >> k;
    if (n > 1 && k > n / 2) {
        std::cout << "IMPOSSIBLE\n";
        return 0;
    }
    std::vector<int> row(static_cast<std::size_t>(n));
    std::iota(row.begin(), row.end(), 1);
    std::mt19937 random(1);
    const auto is_bad = [k](int a, int b) { return std::abs(a - b) < k; };
    while (std::adjacent_find(row.begin(), row.end(), is_bad) != row.end()) {
        std::shuffle(row.begin(), row.end(), random);
    }
    for (const int singer : row) {
        std::cout << singer << ' ';
    }
    std::cout << '\n';
}
