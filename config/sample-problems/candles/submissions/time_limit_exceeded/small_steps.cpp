// Too slow: watches the candles in steps of 10^-7 minutes.
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

int main() {
    int n;
    double s;
    std::cin >> n >> s;
    std::vector<double> heights(static_cast<std::size_t>(n)), rates(heights.size());
    for (std::size_t i = 0; i < heights.size(); ++i) {
        std::cin >> heights[i] >> rates[i];
    }
    for (long long step = 0;; ++step) {
        const double time = static_cast<double>(step) * 1e-7;
        double total = 0;
        for (std::size_t i = 0; i < heights.size(); ++i) {
            total += std::max(0.0, heights[i] - rates[i] * time);
        }
        if (total <= s) {
            std::cout << std::fixed << std::setprecision(9) << time << '\n';
            return 0;
        }
    }
}
