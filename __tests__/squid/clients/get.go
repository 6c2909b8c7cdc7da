// Prints the status and the body of a URL's answer, as a program does that uses Go's net/http.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	body, _ := io.ReadAll(answer.Body)
	fmt.Println(answer.Status, string(body))
	if answer.StatusCode != http.StatusOK {
		os.Exit(1)
	}
}
