// Mostik-cluster is the embedded Kubernetes in one file: the official
// programs, unchanged, chosen by the first argument or by the name the file is
// started under.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// programs maps the name of each official program to what runs it. Each one
// finds its own arguments in os.Args[1:] and returns the exit code.
var programs = map[string]func() int{
	"etcd":                    runEtcd,
	"kube-apiserver":          runAPIServer,
	"kube-controller-manager": runControllerManager,
	"kube-scheduler":          runScheduler,
	"kubectl":                 runKubectl,
	"kwok":                    runKwok,
	"version":                 runVersion,
}

func main() {
	if called := programName(os.Args[0]); programs[called] != nil {
		os.Exit(programs[called]())
	}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "usage: mostik-cluster %s [ARGUMENT]...\n", strings.Join(programNames(), "|"))
		os.Exit(3)
	}
	// The programs read os.Args themselves, so the chosen name takes the place
	// of ours there.
	os.Args = slices.Clone(os.Args[1:])
	os.Exit(programs[os.Args[0]]())
}

func programName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), ".exe")
}

func programNames() []string {
	names := make([]string, 0, len(programs))
	for name := range programs {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
