package agent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

type servingOptions struct {
	listen, certificate, key string
	clientCA, frontProxyCA   string
}

// server answers the API server, and nobody else: as the metrics API (client certificate of the front proxy) and in
// place of kubelets (client certificate for kubelets).
type server struct {
	options servingOptions
	http    *http.Server
}

// Users that the API server's certificates are made out to.
const (
	frontProxyUser    = "front-proxy-client"
	kubeletClientUser = "kube-apiserver-kubelet-client"
)

func newServer(options servingOptions, caches *caches) (*server, error) {
	if options.listen == "" {
		return &server{}, nil
	}
	frontProxy, err := readPool(options.frontProxyCA)
	if err != nil {
		return nil, err
	}
	clients, err := readPool(options.clientCA)
	if err != nil {
		return nil, err
	}
	certificate, err := tls.LoadX509KeyPair(options.certificate, options.key)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	metrics := only(frontProxyUser, frontProxy, metricsRoutes(caches))
	routes.Handle("/apis/", metrics)
	routes.Handle("/openapi/", metrics) // "not found" tells the API server that there is no schema to merge
	routes.Handle("/", only(kubeletClientUser, clients, kubeletRoutes()))
	return &server{options: options, http: &http.Server{
		Addr:              options.listen,
		Handler:           routes,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(os.Stderr, "", 0),
		TLSConfig: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{certificate},
			// Two authorities may have signed it; which one a path asks for is decided when the path is known.
			ClientAuth: tls.RequireAnyClientCert,
		},
	}}, nil
}

func (s *server) serve(ctx context.Context) error {
	if s.http == nil {
		<-ctx.Done()
		return nil
	}
	go func() {
		<-ctx.Done()
		s.http.Close()
	}()
	if err := s.http.ListenAndServeTLS("", ""); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", s.options.listen, err)
	}
	return nil
}

// only lets through who shows a certificate of that user signed by that authority.
func only(user string, authority *x509.CertPool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		shown := request.TLS.PeerCertificates[0]
		_, err := shown.Verify(x509.VerifyOptions{Roots: authority, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		if err != nil || shown.Subject.CommonName != user {
			http.Error(response, "this address answers the cluster's API server only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(response, request)
	})
}

func readPool(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: no certificate in it", path)
	}
	return pool, nil
}
