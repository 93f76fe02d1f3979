package agent

import (
	"fmt"
	"net/http"
)

// kubeletRoutes answers what the API server asks of a node's kubelet: in words, since no container runs.
func kubeletRoutes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(response, "simulated: containers do not run, so container %s of pod %s/%s has no log\n",
			request.PathValue("container"), request.PathValue("namespace"), request.PathValue("pod"))
	})
	for _, path := range []string{"/exec/", "/attach/", "/run/", "/portForward/"} {
		routes.HandleFunc(path, func(response http.ResponseWriter, _ *http.Request) {
			http.Error(response, "simulated: containers do not run, so there is nothing to connect to", http.StatusNotImplemented)
		})
	}
	routes.HandleFunc("GET /healthz", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprint(response, "ok") })
	return routes
}
