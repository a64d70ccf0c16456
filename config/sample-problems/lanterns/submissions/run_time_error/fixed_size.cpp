// Crashes (uncaught exception, abort) when there are 1000 caves or more.
#include <algorithm>
#include <iostream>
#include <queue>
#include <vector>

int main() {
    std::size_t n, m, k;
    std::cin >> n >> m >> k;
    std::vector<int> darkness(1000, -1);
    std::vector<std::vector<std::size_t>> near(1000);
    std::queue<std::size_t> queue;
    for (std::size_t i = 0; i < k; ++i) {
        std::size_t cave;
        std::cin >> cave;
        darkness.at(cave) = 0;
        queue.push(cave);
    }
    for (std::size_t i = 0; i < m; ++i) {
        std::size_t a, b;
        std::cin >> a >> b;
        near.at(a).push_back(b);
        near.at(b).push_back(a);
    }
    int greatest = 0;
    std::size_t reached = 0;
    while (!queue.empty()) {
        const std::size_t cave = queue.front();
        queue.pop();
        ++reached;
        greatest = std::max(greatest, darkness.at(cave));
        for (const std::size_t other : near.at(cave)) {
            if (darkness.at(other) < 0) {
                darkness.at(other) = darkness.at(cave) + 1;
                queue.push(other);
            }
        }
    }
    std::cout << greatest << ' ' << n - reached << '\n';
}
