// Wrong: the space lost does not fit into 32 bits.
#include <cstdint>
#include <iostream>
#include <set>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, m;
    std::cin >> n >> m;
    std::multiset<int> lockers;
    for (int i = 0; i < m; ++i) {
        int size;
        std::cin >> size;
        lockers.insert(size);
    }
    int stored = 0;
    std::uint32_t lost = 0;
    for (int i = 0; i < n; ++i) {
        int parcel;
        std::cin >> parcel;
        const auto locker = lockers.lower_bound(parcel);
        if (locker != lockers.end()) {
            ++stored;
            lost += static_cast<std::uint32_t>(*locker - parcel);
            lockers.erase(locker);
        }
    }
    std::cout << stored << ' ' << lost << '\n';
}
