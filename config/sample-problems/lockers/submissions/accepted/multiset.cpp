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
    long long lost = 0;
    for (int i = 0; i < n; ++i) {
        int parcel;
        std::cin >> parcel;
        const auto locker = lockers.lower_bound(parcel);
        if (locker != lockers.end()) {
            ++stored;
            lost += *locker - parcel;
            lockers.erase(locker);
        }
    }
    std::cout << stored << ' ' << lost << '\n';
}
