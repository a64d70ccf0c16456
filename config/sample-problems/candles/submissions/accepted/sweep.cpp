#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

struct Candle {
    long long height;
    long long rate;
};

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n;
    long long s;
    std::cin >> n >> s;
    std::vector<Candle> candles(static_cast<std::size_t>(n));
    long long height = 0, rate = 0;
    for (Candle& candle : candles) {
        std::cin >> candle.height >> candle.rate;
        height += candle.height;
        rate += candle.rate;
    }
    std::sort(candles.begin(), candles.end(),
              [](const Candle& a, const Candle& b) { return a.height * b.rate < b.height * a.rate; });
    for (const Candle& candle : candles) {
        // Is the moment reached before this candle, the next to go out, is gone?
        if ((height - s) * candle.rate <= candle.height * rate) {
            break;
        }
        height -= candle.height;
        rate -= candle.rate;
    }
    std::cout << std::setprecision(12) << static_cast<double>(height - s) / static_cast<double>(rate) << '\n';
}
