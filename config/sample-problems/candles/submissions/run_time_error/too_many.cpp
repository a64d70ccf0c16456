// Ends with exit code 3 when there are more than 100 candles, whatever it has printed.
#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <vector>

int main() {
    int n;
    long long s;
    std::cin >> n >> s;
    std::vector<std::pair<long long, long long>> candles(static_cast<std::size_t>(n));
    long long height = 0, rate = 0;
    for (auto& [h, b] : candles) {
        std::cin >> h >> b;
        height += h;
        rate += b;
    }
    std::sort(candles.begin(), candles.end(),
              [](const auto& x, const auto& y) { return x.first * y.second < y.first * x.second; });
    for (const auto& [h, b] : candles) {
        if ((height - s) * b <= h * rate) {
            break;
        }
        height -= h;
        rate -= b;
    }
    std::cout << std::setprecision(12) << static_cast<double>(height - s) / static_cast<double>(rate) << std::endl;
    if (n > 100) {
        std::cerr << "too many candles\n";
        return 3;
    }
}
