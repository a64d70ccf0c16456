// Too slow: looks at all free lockers for every parcel, O(n m).
#include <iostream>
#include <list>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, m;
    std::cin >> n >> m;
    std::list<int> lockers;
    for (int i = 0; i < m; ++i) {
        int size;
        std::cin >> size;
        lockers.push_back(size);
    }
    int stored = 0;
    long long lost = 0;
    for (int i = 0; i < n; ++i) {
        int parcel;
        std::cin >> parcel;
        auto best = lockers.end();
        for (auto locker = lockers.begin(); locker != lockers.end(); ++locker) {
            if (*locker >= parcel && (best == lockers.end() || *locker < *best)) {
                best = locker;
            }
        }
        if (best != lockers.end()) {
            ++stored;
            lost += *best - parcel;
            lockers.erase(best);
        }
    }
    std::cout << stored << ' ' << lost << '\n';
}
