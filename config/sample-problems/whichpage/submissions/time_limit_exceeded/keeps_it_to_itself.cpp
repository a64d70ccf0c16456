// Never flushes: both wait for each other.
#include <cstdio>
#include <cstring>

int main() {
    int low = 1;
    int high = 0;
    char answer[16] = "";
    if (std::scanf("%d", &high) != 1) {
        return 1;
    }
    while (std::strcmp(answer, "here") != 0) {
        const int page = low + (high - low) / 2;
        std::printf("%d\n", page);
        if (std::scanf("%15s", answer) != 1) {
            return 1;
        }
        if (std::strcmp(answer, "earlier") == 0) {
            high = page - 1;
        } else {
            low = page + 1;
        }
    }
}
