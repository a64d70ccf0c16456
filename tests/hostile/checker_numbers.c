// A checker that reads numbers in the usual careless way, and compares them with a tolerance.
#include <math.h>
#include <stdio.h>
int main(void) {
    double value, sum = 0;
    int read, count = 0;
    while ((read = scanf("%lf", &value)) == 1 && count < 1000) { sum += value; count++; }
    return fabs(sum - 1) <= 1e-9 ? 42 : 43;
}
