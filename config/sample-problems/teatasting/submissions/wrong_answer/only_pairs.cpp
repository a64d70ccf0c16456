// Takes the two cups without those between them.
#include <iostream>
#include <vector>

int main() {
    int n = 0;
    int k = 0;
    std::cin >> n >> k;
    std::vector<long long> seen(10, 0);
    long long ranges = 0;
    for (int i = 0; i < n; ++i) {
        int time = 0;
        std::cin >> time;
        for (int other = 1; other < 10; ++other) {
            ranges += (time + other) % k == 0 ? seen[static_cast<std::size_t>(other)] : 0;
        }
        ranges += time % k == 0;
        ++seen[static_cast<std::size_t>(time)];
    }
    std::cout << ranges << '\n';
}
