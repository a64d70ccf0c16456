// Takes files of the machine into the program.
package main

import _ "embed"

//go:embed /etc/shadow
var secret string

func main() { print(secret) }
