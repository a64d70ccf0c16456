#include <stdio.h>
#include <stdlib.h>

typedef struct {
    long long height, rate;
} Candle;

static int by_end(const void *left, const void *right) {
    const Candle *a = left, *b = right;
    long long x = a->height * b->rate, y = b->height * a->rate;
    return (x > y) - (x < y);
}

static Candle candles[20000];

int main(void) {
    int n;
    long long s, height = 0, rate = 0;
    if (scanf("%d %lld", &n, &s) != 2) {
        return 1;
    }
    for (int i = 0; i < n; i++) {
        if (scanf("%lld %lld", &candles[i].height, &candles[i].rate) != 2) {
            return 1;
        }
        height += candles[i].height;
        rate += candles[i].rate;
    }
    qsort(candles, (size_t)n, sizeof candles[0], by_end);
    for (int i = 0; i < n && (height - s) * candles[i].rate > candles[i].height * rate; i++) {
        height -= candles[i].height;
        rate -= candles[i].rate;
    }
    printf("%.9f\n", (double)(height - s) / (double)rate);
    return 0;
}
