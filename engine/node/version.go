package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"

	"k8s.io/component-base/version"
)

// versions is what `mostik-node version` prints as JSON.
type versions struct {
	Kubernetes    string `json:"kubernetes"`
	CoreDNS       string `json:"coredns"`
	MetricsServer string `json:"metrics-server"`
	Registry      string `json:"registry"`
	Go            string `json:"go"`
	Platform      string `json:"platform"`
}

func printVersion() int {
	modules := map[string]string{}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			modules[module.Path] = module.Version
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(versions{
		Kubernetes:    version.Get().GitVersion,
		CoreDNS:       modules["github.com/coredns/coredns"],
		MetricsServer: modules["sigs.k8s.io/metrics-server"],
		Registry:      modules["github.com/distribution/distribution/v3"],
		Go:            runtime.Version(),
		Platform:      runtime.GOOS + "/" + runtime.GOARCH,
	})
	if err != nil {
		return 1
	}
	return 0
}
