// Takes too much memory: a table with an entry for every pair of caves, up to 1.6 GB.
#include <algorithm>
#include <iostream>
#include <queue>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    std::size_t n, m, k;
    std::cin >> n >> m >> k;
    std::vector<std::vector<int>> tunnels(n + 1, std::vector<int>(n + 1, 0));
    std::vector<int> darkness(n + 1, -1);
    std::queue<std::size_t> queue;
    for (std::size_t i = 0; i < k; ++i) {
        std::size_t cave;
        std::cin >> cave;
        darkness[cave] = 0;
        queue.push(cave);
    }
    for (std::size_t i = 0; i < m; ++i) {
        std::size_t a, b;
        std::cin >> a >> b;
        ++tunnels[a][b];
        ++tunnels[b][a];
    }
    int greatest = 0;
    std::size_t reached = 0;
    while (!queue.empty()) {
        const std::size_t cave = queue.front();
        queue.pop();
        ++reached;
        greatest = std::max(greatest, darkness[cave]);
        for (std::size_t other = 1; other <= n; ++other) {
            if (tunnels[cave][other] > 0 && darkness[other] < 0) {
                darkness[other] = darkness[cave] + 1;
                queue.push(other);
            }
        }
    }
    std::cout << greatest << ' ' << n - reached << '\n';
}
