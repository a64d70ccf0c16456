// Tries the bits of the page from the highest to the lowest.
package main

import "fmt"

func main() {
	var n int
	fmt.Scan(&n)
	page := 0
	for bit := 1 << 29; bit > 0; bit >>= 1 {
		if page+bit > n {
			continue
		}
		fmt.Println(page + bit)
		var answer string
		fmt.Scan(&answer)
		if answer == "here" {
			return
		}
		if answer == "later" {
			page += bit
		}
	}
}
