// Wrong: forgets that a candle stops burning when it is gone.
#include <iomanip>
#include <iostream>

int main() {
    int n;
    double s;
    std::cin >> n >> s;
    double height = 0, rate = 0;
    for (int i = 0; i < n; ++i) {
        double h, b;
        std::cin >> h >> b;
        height += h;
        rate += b;
    }
    std::cout << std::setprecision(12) << (height - s) / rate << '\n';
}
