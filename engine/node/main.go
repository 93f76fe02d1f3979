// Mostik-node is what runs on a real node of the embedded Kubernetes.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metrics "sigs.k8s.io/metrics-server/cmd/metrics-server/app"

	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/hosts"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/metrics"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
	_ "github.com/coredns/coredns/plugin/template"
)

var programs = map[string]func() int{
	"kubelet":        func() int { return cli.Run(kubelet.NewKubeletCommand(context.Background())) },
	"kube-proxy":     func() int { return cli.Run(proxy.NewProxyCommand()) },
	"metrics-server": func() int { return cli.Run(metrics.NewMetricsServerCommand(genericapiserver.SetupSignalHandler())) },
	"coredns":        func() int { coremain.Run(); return 0 },
	"registry":       runRegistry,
	"version":        printVersion,
}

func main() {
	dnsserver.Directives = []string{"reload", "ready", "health", "prometheus", "errors", "cache", "loadbalance", "template", "hosts", "kubernetes", "forward"}
	if called := filepath.Base(os.Args[0]); programs[called] != nil {
		os.Exit(programs[called]())
	}
	if len(os.Args) < 2 || programs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: mostik-node kubelet|kube-proxy|metrics-server|coredns|registry|version [ARGUMENT]...")
		os.Exit(3)
	}
	os.Args = slices.Clone(os.Args[1:])
	os.Exit(programs[os.Args[0]]())
}
