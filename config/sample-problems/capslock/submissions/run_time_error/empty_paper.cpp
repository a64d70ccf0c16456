// Crashes (uncaught exception, abort) when a letter is to be taken off an empty paper.
#include <iostream>
#include <string>

int main() {
    int n;
    std::string keys;
    std::cin >> n >> keys;
    std::string paper;
    bool flipped = false;
    for (const char key : keys) {
        if (key == '~') {
            flipped = !flipped;
        } else if (key == '<') {
            paper.erase(paper.size() - 1, 1);
        } else {
            paper.push_back(flipped ? static_cast<char>(key ^ 32) : key);
        }
    }
    for (char& c : paper) {
        c = flipped ? static_cast<char>(c ^ 32) : c;
    }
    std::cout << (paper.empty() ? "-" : paper) << '\n';
}
