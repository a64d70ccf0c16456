// Wrong: the total does not fit into 32 bits.
#include <iostream>

int main() {
    int n;
    std::cin >> n;
    unsigned int total = 0;
    for (int i = 0; i < n; ++i) {
        long long d;
        std::cin >> d;
        total += static_cast<unsigned int>(d * d);
    }
    std::cout << total << '\n';
}
