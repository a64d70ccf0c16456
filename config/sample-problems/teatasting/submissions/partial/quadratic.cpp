// Adds up every range, one cup at a time.
#include <iostream>
#include <vector>

int main() {
    int n = 0;
    int k = 0;
    std::cin >> n >> k;
    std::vector<int> times(static_cast<std::size_t>(n));
    for (int& time : times) {
        std::cin >> time;
    }
    long long ranges = 0;
    for (int first = 0; first < n; ++first) {
        int total = 0;
        for (int last = first; last < n; ++last) {
            total += times[static_cast<std::size_t>(last)];
            ranges += total % k == 0;
        }
    }
    std::cout << ranges << '\n';
}
