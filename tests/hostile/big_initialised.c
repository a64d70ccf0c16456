// A program of gigabytes.
int main[1 << 29] = {1};
