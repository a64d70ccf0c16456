// Fails while it fails.
#include <stdexcept>
struct Again { ~Again() noexcept(false) { throw std::runtime_error("safe"); } };
int main() { Again again; throw 1; }
