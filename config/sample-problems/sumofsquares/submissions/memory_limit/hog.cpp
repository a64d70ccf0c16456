// Takes memory, and uses it, without end.
#include <cstring>
#include <iostream>
#include <vector>

int main() {
    std::vector<char*> blocks;
    unsigned long long sum = 0;
    for (;;) {
        char* block = new char[1 << 20];
        std::memset(block, static_cast<int>(blocks.size() % 100) + 1, 1 << 20);
        blocks.push_back(block);
        sum += static_cast<unsigned char>(blocks[blocks.size() / 2][12345]);
        if (sum == 0) {
            std::cout << sum << '\n';
        }
    }
}
