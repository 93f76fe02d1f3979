// Command mostik-render is Mostik's render engine: it turns charts, kustomizations and manifests into objects.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	_ "time/tzdata" // time zones are those of the binary where a machine has none

	"mostik.dev/engine/render/agent"
	"mostik.dev/engine/render/internal/examine"
	"mostik.dev/engine/render/internal/session"
)

const usage = `mostik-render version     print the versions of protocol and libraries as JSON
mostik-render render      read a JSON request on stdin, write a JSON response on stdout
mostik-render examine     the same: what an API server would say of objects
mostik-render helm ...    the Helm command line
mostik-render node-agent  do for simulated nodes what a kubelet does for real ones
`

const (
	exitFailed   = 1
	exitBadUsage = 3
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return exitBadUsage
	}
	switch args[0] {
	case "version":
		return printVersion(os.Stdout)
	case "render":
		return serve(session.Answer)
	case "examine":
		return serve(examine.Answer)
	case "helm":
		return runHelm(args[1:])
	case "node-agent":
		return agent.Main(context.Background(), args[1:])
	case "help", "--help", "-h":
		fmt.Print(usage)
		return 0
	default:
		fmt.Fprintf(os.Stderr, "mostik-render: %s: unknown command\n%s", args[0], usage)
		return exitBadUsage
	}
}

// serve reads one request from standard input and writes one response to standard output.
func serve(to func(context.Context, io.Reader, io.Writer) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	complaints := os.Stderr
	isolate()
	if err := to(ctx, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(complaints, "mostik-render: "+strings.TrimSpace(err.Error()))
		return exitBadUsage
	}
	return 0
}

// isolate takes from the libraries what would let a machine show in the result, or leave it:
// its time zone, its programs (kustomize runs git) and its standard error, which they use for remarks.
func isolate() {
	time.Local = time.UTC
	os.Setenv("PATH", "")
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stderr = null
	}
}
