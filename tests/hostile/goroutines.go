// Memory by a million small stacks.
package main

func main() {
	for i := 0; i < 10000000; i++ {
		go func() { select {} }()
	}
}
