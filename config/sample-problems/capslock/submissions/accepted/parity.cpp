#include <cctype>
#include <iostream>
#include <string>

int main() {
    int n;
    std::string keys;
    std::cin >> n >> keys;
    const auto flip = [](char c) {
        return static_cast<char>(std::islower(c) != 0 ? std::toupper(c) : std::tolower(c));
    };
    // The paper is kept as it would look if the number of flips so far were even.
    std::string paper;
    bool flipped = false;
    for (const char key : keys) {
        if (key == '~') {
            flipped = !flipped;
        } else if (key != '<') {
            paper.push_back(flipped ? flip(key) : key);
        } else if (!paper.empty()) {
            paper.pop_back();
        }
    }
    if (flipped) {
        for (char& c : paper) {
            c = flip(c);
        }
    }
    std::cout << (paper.empty() ? "-" : paper) << '\n';
}
