package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	"github.com/sirupsen/logrus"

	// Of its storage drivers the one that keeps images in a folder.
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

// runRegistry serves the distribution registry: `registry CONFIG ADDRESS...`, its configuration in its own format. Its own
// command listens on one address alone, and a node's registry has two: the machine's own and the node's.
func runRegistry() int {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: mostik-node registry CONFIG ADDRESS:PORT...")
		return 3
	}
	if err := serveRegistry(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 1
	}
	return 0
}

func serveRegistry(file string, addresses []string) error {
	config, err := readConfiguration(file)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	app := handlers.NewApp(ctx, config)
	app.RegisterHealthChecks()
	server := &http.Server{Handler: app, ReadHeaderTimeout: 30 * time.Second}
	ended := make(chan error, len(addresses))
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() { ended <- server.Serve(listener) }()
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	// Uploads that are under way get a moment; the supervisor waits no longer.
	patience, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return errors.Join(server.Shutdown(patience), app.Shutdown())
}

func readConfiguration(file string) (*configuration.Configuration, error) {
	reader, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	config, err := configuration.Parse(reader)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	level, err := logrus.ParseLevel(string(config.Log.Level))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	logrus.SetLevel(level)
	return config, nil
}
