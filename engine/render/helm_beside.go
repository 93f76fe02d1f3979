//go:build lean

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// helmProgram is this program built without the tag `lean`. Linking Helm's commands costs every start
// some 30 ms and 40 MB, so a lean engine leaves them to a binary beside it.
const helmProgram = "mostik-helm"

func runHelm(args []string) int {
	own, err := os.Executable()
	if err == nil {
		path := filepath.Join(filepath.Dir(own), helmProgram)
		err = syscall.Exec(path, append([]string{path, "helm"}, args...), os.Environ())
	}
	fmt.Fprintf(os.Stderr, "mostik-render: helm: %s is not beside this program (%v)\n", helmProgram, err)
	return exitFailed
}
