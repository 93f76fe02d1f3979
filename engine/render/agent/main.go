// Package agent does for simulated nodes what a kubelet, a volume provisioner, a load balancer and a metrics server do
// for real ones: a simulated pod starts only when a real one could.
package agent

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

type options struct {
	kubeconfig    string
	volumes       string
	makeVolumes   bool
	loadBalancers netip.Prefix
	serving       servingOptions
}

// Main runs the node agent until the context ends or a signal comes, and returns the exit code.
func Main(ctx context.Context, args []string) int {
	options, err := parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "node-agent: %v\n", err)
		return 3
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if err := run(ctx, options, logger); err != nil {
		logger.Error("the node agent ends", "error", err)
		return 1
	}
	return 0
}

func parse(args []string) (options, error) {
	var chosen options
	var pool string
	flags := flag.NewFlagSet("node-agent", flag.ContinueOnError)
	flags.StringVar(&chosen.kubeconfig, "kubeconfig", "", "how to reach the API server")
	flags.StringVar(&chosen.volumes, "volumes", "", "folder below which claims get theirs")
	flags.BoolVar(&chosen.makeVolumes, "make-volumes", false, "make the folder of a volume with it: a real node mounts them")
	flags.StringVar(&pool, "load-balancers", "198.18.0.0/15", "network from which Services of type LoadBalancer get an address")
	flags.StringVar(&chosen.serving.listen, "listen", "", "address of the HTTPS server (metrics.k8s.io, logs, exec); none without it")
	flags.StringVar(&chosen.serving.certificate, "tls-cert", "", "its certificate")
	flags.StringVar(&chosen.serving.key, "tls-key", "", "its key")
	flags.StringVar(&chosen.serving.clientCA, "client-ca", "", "who signs the API server's certificate as a client of kubelets")
	flags.StringVar(&chosen.serving.frontProxyCA, "front-proxy-ca", "", "who signs the API server's certificate as a front proxy")
	if err := flags.Parse(args); err != nil {
		return chosen, err
	}
	if chosen.kubeconfig == "" {
		return chosen, fmt.Errorf("--kubeconfig is missing")
	}
	network, err := netip.ParsePrefix(pool)
	if err != nil {
		return chosen, fmt.Errorf("--load-balancers: %w", err)
	}
	chosen.loadBalancers = network.Masked()
	return chosen, nil
}

func run(ctx context.Context, options options, logger *slog.Logger) error {
	config, err := clientcmd.BuildConfigFromFlags("", options.kubeconfig)
	if err != nil {
		return err
	}
	client, err := newClient(config)
	if err != nil {
		return err
	}
	caches := newCaches(client)
	events := newEvents(ctx, client)
	controllers := []*controller{
		newPodStarter(client, caches, events, logger),
		newNodeNudger(client, caches, logger),
		newClaimBinder(client, caches, events, volumeFolder{options.volumes, options.makeVolumes}, logger),
		newVolumeRemover(client, caches, options.volumes, logger),
		newAddressGiver(client, caches, options.loadBalancers, logger),
		newIngressGiver(client, caches, options.loadBalancers, logger),
	}
	server, err := newServer(options.serving, caches)
	if err != nil {
		return err
	}

	var running sync.WaitGroup
	failed := make(chan error, 1)
	running.Go(func() {
		if err := server.serve(ctx); err != nil {
			failed <- err
		}
	})
	caches.start(ctx)
	for _, each := range controllers {
		running.Go(func() { each.run(ctx) })
	}
	logger.Info("the node agent runs")
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	if err == nil {
		running.Wait()
	}
	return err
}

func newClient(config *rest.Config) (kubernetes.Interface, error) {
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	config.UserAgent = "mostik-node-agent"
	// The agent stands for all kubelets of the cluster, so the limits meant for one do not fit.
	config.QPS = -1
	return kubernetes.NewForConfig(config)
}
