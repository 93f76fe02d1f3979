package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"

	"k8s.io/component-base/version"
)

// versions is what `mostik-cluster version` prints as JSON.
type versions struct {
	Kubernetes string `json:"kubernetes"`
	Etcd       string `json:"etcd"`
	Kwok       string `json:"kwok"`
	Go         string `json:"go"`
	Platform   string `json:"platform"`
}

func runVersion() int {
	modules := map[string]string{}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			modules[module.Path] = module.Version
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(versions{
		Kubernetes: version.Get().GitVersion,
		Etcd:       modules["go.etcd.io/etcd/server/v3"],
		Kwok:       modules["sigs.k8s.io/kwok"],
		Go:         runtime.Version(),
		Platform:   runtime.GOOS + "/" + runtime.GOARCH,
	})
	if err != nil {
		return 1
	}
	return 0
}
