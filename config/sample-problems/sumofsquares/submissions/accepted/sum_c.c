#include <stdio.h>

int main(void) {
    int n;
    if (scanf("%d", &n) != 1) {
        return 1;
    }
    long long total = 0;
    for (int i = 0; i < n; i++) {
        long long d;
        if (scanf("%lld", &d) != 1) {
            return 1;
        }
        total += d * d;
    }
    printf("%lld\n", total);
    return 0;
}
