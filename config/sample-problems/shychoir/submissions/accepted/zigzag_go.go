package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var n, k int
	fmt.Scan(&n, &k)
	half := n / 2
	if n > 1 && k > half {
		fmt.Fprintln(out, "IMPOSSIBLE")
		return
	}
	if n%2 == 1 {
		fmt.Fprint(out, half+1)
		for i := 1; i <= half; i++ {
			fmt.Fprint(out, " ", i, " ", half+1+i)
		}
	} else {
		for i := half; i >= 1; i-- {
			fmt.Fprint(out, " ", i, " ", i+half)
		}
	}
	fmt.Fprintln(out)
}
