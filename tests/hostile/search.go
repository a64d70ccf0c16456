// Looks through what it can read for words that were laid where tests, answers and checkers are. Prints `safe` if there is none.
package main

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	word := regexp.MustCompile("can" + "ary:[a-z-]+:[0-9a-f]{16}")
	given, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	given = strings.TrimSpace(given)
	found := 0
	look := func(where string, data []byte) {
		for _, match := range word.FindAll(data, -1) {
			if string(match) != given {
				found++
				fmt.Println(where, string(match))
			}
		}
	}
	file := func(path string) {
		if opened, err := os.Open(path); err == nil {
			data, _ := io.ReadAll(io.LimitReader(opened, 8<<20))
			look(path, data)
			opened.Close()
		}
	}
	walked := func(path string, entry fs.DirEntry, err error) error {
		look("a name", []byte(path))
		if strings.Contains(" /usr /proc /root /opt /home /var/lib ", " "+path+" ") {
			return filepath.SkipDir
		}
		if err == nil && entry.Type()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(path)
			look(path, []byte(target))
		} else if err == nil && entry.Type().IsRegular() {
			file(path)
		}
		return nil
	}
	filepath.WalkDir("/", walked)
	for above, _ := os.Getwd(); above != "/" && above != ""; above = filepath.Dir(above) {
		filepath.WalkDir(above, walked)
	}
	for _, name := range []string{"environ", "cmdline", "mountinfo", "mountstats", "maps", "status", "net/unix"} {
		file("/proc/self/" + name)
	}
	for descriptor := 0; descriptor < 64; descriptor++ {
		target, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", descriptor))
		look("a descriptor", []byte(target))
	}
	look("environment", []byte(strings.Join(append(os.Environ(), os.Args...), " ")))
	if found == 0 {
		fmt.Println("safe")
	}
}
