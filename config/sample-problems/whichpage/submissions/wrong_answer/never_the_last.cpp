// The upper bound is never asked about.
#include <iostream>
#include <string>

int main() {
    int low = 0;
    int high = 0;
    std::cin >> high;
    std::string answer;
    while (high - low > 1) {
        const int page = low + (high - low) / 2;
        std::cout << page << std::endl;
        std::cin >> answer;
        if (answer == "here") {
            return 0;
        }
        (answer == "earlier" ? high : low) = page;
    }
}
