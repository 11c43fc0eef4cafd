// Go's compress/gzip: writes what a gzip file holds to standard output.
package main

import (
	"bufio"
	"compress/gzip"
	"io"
	"log"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, unpacked); err != nil {
		log.Fatal(err)
	}
}
