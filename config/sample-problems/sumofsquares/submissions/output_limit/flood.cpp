// Prints without end.
#include <cstdio>

int main() {
    for (;;) {
        std::puts("restless restless restless restless restless restless");
    }
}
