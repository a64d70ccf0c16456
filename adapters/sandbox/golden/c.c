#include <stdio.h>
#include <math.h>

int main(void) {
    int count;
    long long sum = 0, value;
    if (scanf("%d", &count) != 1) return 1;
    while (count-- > 0 && scanf("%lld", &value) == 1) sum += value;
    printf("%lld\n", (long long)fabs((double)sum));
}
