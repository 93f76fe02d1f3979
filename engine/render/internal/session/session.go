// Package session answers one request: it renders the items at the same time and keeps their order.
package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"helm.sh/helm/v4/pkg/chart/common"

	"mostik.dev/engine/render/internal/builtin"
	"mostik.dev/engine/render/internal/chart"
	"mostik.dev/engine/render/internal/kustomization"
	"mostik.dev/engine/render/internal/manifests"
	"mostik.dev/engine/render/internal/wire"
)

// Answer reads one request and writes one response. It returns an error only for a request
// that cannot be understood; what is wrong with an item is in that item's result.
func Answer(ctx context.Context, in io.Reader, out io.Writer) error {
	request, err := read(in)
	if err != nil {
		return err
	}
	capabilities, err := capabilitiesOf(request)
	if err != nil {
		return err
	}
	response := wire.Response{Version: wire.Version, Items: renderAll(ctx, request.Items, capabilities)}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(response)
}

func read(in io.Reader) (wire.Request, error) {
	var request wire.Request
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return request, fmt.Errorf("request: not understood (%w)", err)
	}
	if request.Version != wire.Version {
		return request, fmt.Errorf("request: version: got %d, expected %d", request.Version, wire.Version)
	}
	seen := map[string]bool{}
	for _, item := range request.Items {
		if item.ID == "" || seen[item.ID] {
			return request, fmt.Errorf("request: items: id %q: expected each item to have an id of its own", item.ID)
		}
		seen[item.ID] = true
	}
	return request, nil
}

// capabilitiesOf describes the cluster; only charts ask for it.
func capabilitiesOf(request wire.Request) (*common.Capabilities, error) {
	if !slices.ContainsFunc(request.Items, func(item wire.Item) bool { return item.Source == "chart" }) {
		return nil, nil
	}
	if request.KubeVersion == "" {
		return nil, errors.New("request: kubeVersion: missing, expected a version such as 1.36.3")
	}
	capabilities, err := chart.Capabilities(request.KubeVersion, nil)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	var minor int
	if _, err := fmt.Sscan(capabilities.KubeVersion.Minor, &minor); err != nil {
		return nil, fmt.Errorf("request: kubeVersion: got %s, expected a version such as 1.36.3", request.KubeVersion)
	}
	capabilities.APIVersions = builtin.Versions(minor)
	for _, api := range request.APIVersions {
		if !slices.Contains(capabilities.APIVersions, api) {
			capabilities.APIVersions = append(capabilities.APIVersions, api)
		}
	}
	return capabilities, nil
}

func renderAll(ctx context.Context, items []wire.Item, capabilities *common.Capabilities) []wire.Result {
	results := make([]wire.Result, len(items))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var running sync.WaitGroup
	for i, item := range items {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			results[i] = complete(item, renderOne(ctx, item, capabilities))
		})
	}
	running.Wait()
	return results
}

// renderOne turns a broken invariant into a diagnostic of its item, so that the others are answered.
func renderOne(ctx context.Context, item wire.Item, capabilities *common.Capabilities) (result wire.Result) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = refused("engine-failure", fmt.Sprintf("%s: the render engine failed (%v)", item.ID, panicked))
		}
	}()
	switch item.Source {
	case "chart":
		return chart.Render(ctx, item, capabilities)
	case "kustomization":
		return kustomization.Build(item)
	case "manifests":
		return manifests.Read(item)
	default:
		return refused("source-unknown", fmt.Sprintf("%s: source: got %q, expected chart, kustomization or manifests", item.ID, item.Source))
	}
}

func refused(code, message string) wire.Result {
	return wire.Result{Diagnostics: []wire.Diagnostic{{Code: code, Severity: wire.Error, Message: message}}}
}

// complete gives every list a value: absent and empty are the same to a reader, null is not.
func complete(item wire.Item, result wire.Result) wire.Result {
	result.ID = item.ID
	if result.Objects == nil || wire.Failed(result.Diagnostics) {
		result.Objects = []wire.Object{}
	}
	if result.Generated == nil {
		result.Generated = []string{}
	}
	if result.Diagnostics == nil {
		result.Diagnostics = []wire.Diagnostic{}
	}
	slices.SortStableFunc(result.Diagnostics, func(a, b wire.Diagnostic) int { return strings.Compare(a.Severity, b.Severity) })
	return result
}
