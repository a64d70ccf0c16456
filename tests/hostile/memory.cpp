// A container that doubles.
#include <vector>
int main() { std::vector<int> all; for (int i = 0;; i++) all.push_back(i); }
