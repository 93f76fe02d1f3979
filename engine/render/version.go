package main

import (
	"encoding/json"
	"io"
	"runtime"
	"runtime/debug"

	"mostik.dev/engine/render/internal/wire"
)

type version struct {
	Protocol   int    `json:"protocol"`
	Helm       string `json:"helm"`
	Kustomize  string `json:"kustomize"`
	Kubernetes string `json:"kubernetes"`
	Go         string `json:"go"`
}

// printVersion names the libraries as the binary was linked with them.
func printVersion(out io.Writer) int {
	linked := version{Protocol: wire.Version, Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			switch module.Path {
			case "helm.sh/helm/v4":
				linked.Helm = module.Version
			case "sigs.k8s.io/kustomize/api":
				linked.Kustomize = module.Version
			case "k8s.io/client-go":
				linked.Kubernetes = module.Version
			}
		}
	}
	if err := json.NewEncoder(out).Encode(linked); err != nil {
		return exitFailed
	}
	return 0
}
