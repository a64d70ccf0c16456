// Too slow: flips every letter on the paper each time, O(n^2).
#include <cctype>
#include <iostream>
#include <string>

int main() {
    int n;
    std::string keys;
    std::cin >> n >> keys;
    std::string paper;
    for (const char key : keys) {
        if (key == '~') {
            std::string flipped;
            for (const char c : paper) {
                flipped += static_cast<char>(std::islower(c) != 0 ? std::toupper(c) : std::tolower(c));
            }
            paper = flipped;
        } else if (key != '<') {
            paper.push_back(key);
        } else if (!paper.empty()) {
            paper.pop_back();
        }
    }
    std::cout << (paper.empty() ? "-" : paper) << '\n';
}
