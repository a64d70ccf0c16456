// Crashes (uncaught exception, abort) when there are more than 500 changes.
#include <array>
#include <iostream>

int main() {
    int n;
    std::cin >> n;
    std::array<long long, 500> changes{};
    for (int i = 0; i < n; ++i) {
        std::cin >> changes.at(static_cast<std::size_t>(i));
    }
    long long total = 0;
    for (const long long d : changes) {
        total += d * d;
    }
    std::cout << total << '\n';
}
