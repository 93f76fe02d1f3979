// Package examine answers what an API server would say of objects, with the API server's own code: defaulting, native
// validation, and ValidatingAdmissionPolicies. It knows no cluster: what others have created there counts for nothing.
package examine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
)

// Answer reads one request and writes one response. It returns an error only for a request that cannot be understood.
func Answer(ctx context.Context, in io.Reader, out io.Writer) error {
	var request Request
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return fmt.Errorf("request: not understood (%w)", err)
	}
	if request.Version != Version {
		return fmt.Errorf("request: version: got %d, expected %d", request.Version, Version)
	}
	response, err := examine(ctx, request)
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(response)
}

func examine(ctx context.Context, request Request) (Response, error) {
	judged, err := emulate(request.KubeVersion)
	if err != nil {
		return Response{}, err
	}
	response := Response{Version: Version, Judged: judged, Objects: make([]Result, len(request.Objects)), Policies: []PolicyResult{}}
	// One answer and the process ends: memory is cheaper than collecting it.
	debug.SetGCPercent(200)
	server := newServer()
	subjects := make([]*subject, len(request.Objects))
	each(len(subjects), func(i int) {
		subjects[i] = server.admit(ctx, request.Objects[i], &response.Objects[i])
	})
	chain, results := server.policyChain(ctx, request, subjects)
	response.Policies = append(response.Policies, results...)
	each(len(subjects), func(i int) {
		if subjects[i] != nil {
			response.Objects[i].Verdicts = chain.judge(ctx, subjects[i])
		}
	})
	for i := range response.Objects {
		complete(&response.Objects[i])
	}
	return response, nil
}

// each calls a function for every index, as many at a time as there are processors.
func each(count int, do func(i int)) {
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	var running sync.WaitGroup
	for i := range count {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			do(i)
		})
	}
	running.Wait()
}

// complete gives every list a value: absent and empty are the same to a reader, null is not.
func complete(result *Result) {
	if result.Invalid == nil {
		result.Invalid = []Problem{}
	}
	if result.Warnings == nil {
		result.Warnings = []string{}
	}
	if result.Verdicts == nil {
		result.Verdicts = []Verdict{}
	}
}
