#include <iostream>
#include <string>

int main() {
    int low = 1;
    int high = 0;
    std::cin >> high;
    std::string answer;
    while (answer != "here") {
        const int page = low + (high - low) / 2;
        std::cout << page << std::endl;
        std::cin >> answer;
        if (answer == "earlier") {
            high = page - 1;
        } else {
            low = page + 1;
        }
    }
}
