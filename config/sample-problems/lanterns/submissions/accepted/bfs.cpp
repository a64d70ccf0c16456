#include <algorithm>
#include <iostream>
#include <queue>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, m, k;
    std::cin >> n >> m >> k;
    const auto size = static_cast<std::size_t>(n) + 1;
    std::vector<int> darkness(size, -1);
    std::queue<std::size_t> queue;
    for (int i = 0; i < k; ++i) {
        std::size_t cave;
        std::cin >> cave;
        darkness[cave] = 0;
        queue.push(cave);
    }
    std::vector<std::vector<std::size_t>> near(size);
    for (int i = 0; i < m; ++i) {
        std::size_t a, b;
        std::cin >> a >> b;
        near[a].push_back(b);
        near[b].push_back(a);
    }
    int greatest = 0, reached = 0;
    while (!queue.empty()) {
        const std::size_t cave = queue.front();
        queue.pop();
        ++reached;
        greatest = std::max(greatest, darkness[cave]);
        for (const std::size_t other : near[cave]) {
            if (darkness[other] < 0) {
                darkness[other] = darkness[cave] + 1;
                queue.push(other);
            }
        }
    }
    std::cout << greatest << ' ' << n - reached << '\n';
}
