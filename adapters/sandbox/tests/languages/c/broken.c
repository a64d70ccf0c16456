#include <stdio.h>

int main(void) {
    int x = "text" * 2;
    return undeclared;
}
