#include <bits/stdc++.h>

int main() {
    std::size_t count;
    std::cin >> count;
    std::vector<long long> values(count);
    for (auto &value : values) std::cin >> value;
    std::sort(values.begin(), values.end());
    std::cout << std::accumulate(values.begin(), values.end(), 0LL) << "\n";
}
