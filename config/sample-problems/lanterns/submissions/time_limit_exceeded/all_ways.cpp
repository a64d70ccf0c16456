// Too slow: tries all ways from every lantern that visit no cave twice; there are exponentially many.
#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    int n, m, k;
    std::cin >> n >> m >> k;
    const auto size = static_cast<std::size_t>(n) + 1;
    std::vector<std::size_t> lanterns(static_cast<std::size_t>(k));
    for (std::size_t& cave : lanterns) {
        std::cin >> cave;
    }
    std::vector<std::vector<std::size_t>> near(size);
    for (int i = 0; i < m; ++i) {
        std::size_t a, b;
        std::cin >> a >> b;
        near[a].push_back(b);
        near[b].push_back(a);
    }
    std::vector<int> darkness(size, -1);
    std::vector<char> on_way(size, 0);
    for (const std::size_t lantern : lanterns) {
        std::vector<std::pair<std::size_t, std::size_t>> way{{lantern, 0}};
        on_way[lantern] = 1;
        darkness[lantern] = 0;
        while (!way.empty()) {
            auto& [cave, tunnel] = way.back();
            if (tunnel == near[cave].size()) {
                on_way[cave] = 0;
                way.pop_back();
                continue;
            }
            const std::size_t other = near[cave][tunnel++];
            if (on_way[other] == 0) {
                const int length = static_cast<int>(way.size());
                darkness[other] = darkness[other] < 0 ? length : std::min(darkness[other], length);
                on_way[other] = 1;
                way.emplace_back(other, 0);
            }
        }
    }
    int greatest = 0, dark = 0;
    for (std::size_t cave = 1; cave < size; ++cave) {
        greatest = std::max(greatest, darkness[cave]);
        dark += darkness[cave] < 0 ? 1 : 0;
    }
    std::cout << greatest << ' ' << dark << '\n';
}
