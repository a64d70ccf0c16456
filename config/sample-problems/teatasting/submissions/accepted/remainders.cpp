#include <iostream>
#include <vector>

int main() {
    int n = 0;
    int k = 0;
    std::cin >> n >> k;
    std::vector<long long> seen(static_cast<std::size_t>(k), 0);
    seen[0] = 1;
    long long ranges = 0;
    int total = 0;
    for (int i = 0; i < n; ++i) {
        int time = 0;
        std::cin >> time;
        total = (total + time) % k;
        ranges += seen[static_cast<std::size_t>(total)]++;
    }
    std::cout << ranges << '\n';
}
