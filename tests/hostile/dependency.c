// Asks the compiler about files it may not see, in every way but #include.
#pragma GCC dependency "/etc/shadow"
#pragma GCC dependency "/.host/etc/shadow"
int main(void) { return 0; }
