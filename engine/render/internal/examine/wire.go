package examine

import "encoding/json"

// Version is the protocol both sides must speak.
const Version = 1

// Request asks what an API server would make of objects: defaults, its own validation, and admission policies.
type Request struct {
	Version int `json:"version"`
	// KubeVersion is the minor version of the platform, such as 1.36.
	KubeVersion string            `json:"kubeVersion"`
	Objects     []json.RawMessage `json:"objects"`
	Policies    []PolicyInput     `json:"policies"`
	// Namespaces that objects live in and that are not among the objects; one that nobody gives is there without labels of its own.
	Namespaces []json.RawMessage `json:"namespaces"`
}

// PolicyInput is one ValidatingAdmissionPolicy with one binding and the parameters it may refer to.
type PolicyInput struct {
	Policy  json.RawMessage   `json:"policy"`
	Binding json.RawMessage   `json:"binding"`
	Params  []json.RawMessage `json:"params"`
}

// Response answers a Request, in its order.
type Response struct {
	Version int `json:"version"`
	// Judged is the Kubernetes version whose rules were applied: the asked one, or the nearest that this binary knows.
	Judged   string         `json:"judged"`
	Objects  []Result       `json:"objects"`
	Policies []PolicyResult `json:"policies"`
}

// Result is what the API server would say of one object.
type Result struct {
	// Defaulted is the object with Kubernetes' own defaults; nothing for kinds that are not built in.
	Defaulted json.RawMessage `json:"defaulted,omitempty"`
	// Invalid lists what native validation refuses. A field that cannot be read has no Defaulted.
	Invalid []Problem `json:"invalid"`
	// Warnings are what the server would warn of.
	Warnings []string  `json:"warnings"`
	Verdicts []Verdict `json:"verdicts"`
}

// Problem is one refusal of native validation.
type Problem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Verdict is one failed validation of one policy.
type Verdict struct {
	Policy  string `json:"policy"`
	Binding string `json:"binding"`
	// Index of the validation in the policy; -1 where the policy as a whole could not be evaluated.
	Index   int    `json:"index"`
	Message string `json:"message"`
	// Actions of the binding: Deny, Warn, Audit.
	Actions []string `json:"actions"`
	// Error is set where the expression failed instead of saying false.
	Error bool `json:"error,omitempty"`
}

// PolicyResult says why the API server would not accept a policy or its binding.
type PolicyResult struct {
	Policy  string    `json:"policy"`
	Invalid []Problem `json:"invalid"`
}
