// Falls over its own feet when the bookmark is not where it looks first.
#include <cstdlib>
#include <iostream>
#include <string>

int main() {
    int n = 0;
    std::cin >> n;
    std::cout << (n + 1) / 2 << std::endl;
    std::string answer;
    std::cin >> answer;
    if (answer != "here") {
        std::abort();
    }
}
