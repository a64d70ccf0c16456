// Crashes (uncaught exception, abort) when no free locker is large enough.
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <numeric>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, m;
    std::cin >> n >> m;
    std::vector<int> lockers(static_cast<std::size_t>(m));
    for (int& size : lockers) {
        std::cin >> size;
    }
    std::sort(lockers.begin(), lockers.end());
    std::vector<std::size_t> after(lockers.size() + 1);
    std::iota(after.begin(), after.end(), std::size_t{0});
    int stored = 0;
    long long lost = 0;
    for (int i = 0; i < n; ++i) {
        int parcel;
        std::cin >> parcel;
        auto at = static_cast<std::size_t>(std::lower_bound(lockers.begin(), lockers.end(), parcel) - lockers.begin());
        while (after[at] != at) {
            after[at] = after[after[at]];
            at = after[at];
        }
        ++stored;
        lost += lockers.at(at) - parcel;
        after[at] = at + 1;
    }
    std::cout << stored << ' ' << lost << '\n';
}
