// Package wire holds the engine's protocol: one JSON request in, one JSON response out.
package wire

import "encoding/json"

// Version is the protocol both sides must speak.
const Version = 1

// Request asks for many items at once; the response keeps their order.
type Request struct {
	Version     int      `json:"version"`
	KubeVersion string   `json:"kubeVersion"`
	APIVersions []string `json:"apiVersions"`
	Items       []Item   `json:"items"`
}

// Item is one thing to render. Which fields count depends on Source: "chart", "kustomization" or "manifests".
type Item struct {
	ID          string         `json:"id"`
	Source      string         `json:"source"`
	Path        string         `json:"path"`
	Paths       []string       `json:"paths"`
	Root        string         `json:"root"`
	ReleaseName string         `json:"releaseName"`
	Namespace   string         `json:"namespace"`
	Files       []string       `json:"files"`
	Values      map[string]any `json:"values"`
	Seed        string         `json:"seed"`
	IsUpgrade   bool           `json:"isUpgrade"`
}

// Response answers a Request, one Result per Item.
type Response struct {
	Version int      `json:"version"`
	Items   []Result `json:"items"`
}

// Result is what one Item became. With a Diagnostic of severity error, Objects is empty.
type Result struct {
	ID          string          `json:"id"`
	Objects     []Object        `json:"objects"`
	Notes       string          `json:"notes,omitempty"`
	Chart       *Chart          `json:"chart,omitempty"`
	Values      json.RawMessage `json:"values,omitempty"`
	Generated   []string        `json:"generated"`
	Diagnostics []Diagnostic    `json:"diagnostics"`
}

// Chart names the chart that was rendered.
type Chart struct {
	Name       string `json:"name"`
	Version    string `json:"version"`
	AppVersion string `json:"appVersion,omitempty"`
}

// Object is one Kubernetes object with the place it comes from.
type Object struct {
	Object json.RawMessage `json:"object"`
	// File exists on disk; for a chart in an archive it is the archive.
	File string `json:"file,omitempty"`
	// Template is Helm's name of the template or CRD file, with the charts it lies in.
	Template string `json:"template,omitempty"`
	Line     int    `json:"line,omitempty"`
	CRD      bool   `json:"crd,omitempty"`
	Hook     *Hook  `json:"hook,omitempty"`
	Keep     bool   `json:"keep,omitempty"`
}

// Hook says when a chart's object runs instead of being installed.
type Hook struct {
	Events         []string `json:"events"`
	Weight         int      `json:"weight"`
	DeletePolicies []string `json:"deletePolicies"`
}

// Severities of a Diagnostic.
const (
	Error   = "error"
	Warning = "warning"
)

// Diagnostic is something the user can mend, with its place where that is known.
type Diagnostic struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	// Path leads to the value in question (values-schema).
	Path []string `json:"path,omitempty"`
	// Rendered shows the output around a line that is not YAML.
	Rendered *Excerpt `json:"rendered,omitempty"`
}

// Excerpt is a few lines of rendered output; First is the number of the first, Line of the one in question.
type Excerpt struct {
	First int      `json:"first"`
	Line  int      `json:"line"`
	Lines []string `json:"lines"`
}

// Failed tells whether any of the diagnostics is an error.
func Failed(diagnostics []Diagnostic) bool {
	for _, d := range diagnostics {
		if d.Severity == Error {
			return true
		}
	}
	return false
}
