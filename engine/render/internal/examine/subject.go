package examine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/kubernetes/pkg/apis/core"
	sigsjson "sigs.k8s.io/json"
)

// someone creates the objects: nobody that a policy should know by name.
var someone = &user.DefaultInfo{Name: "mostik", Groups: []string{user.AllAuthenticated}}

// subject is an object as validating admission sees it.
type subject struct {
	kind schema.GroupVersionKind
	name string
	// namespace is empty for objects of the cluster.
	namespace string
	labels    map[string]string
	// object is what the policies read.
	object *unstructured.Unstructured
	// internal is the same in Kubernetes' own form, for conversion to other versions; nil for kinds that are not built in.
	internal runtime.Object
}

// admit does to an object what an API server does on create before admission policies are asked: decode, default,
// prepare, validate. It returns nil for one that cannot be decoded.
func (s *server) admit(ctx context.Context, raw json.RawMessage, result *Result) (admitted *subject) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result.Invalid = append(result.Invalid, Problem{Message: fmt.Sprintf("Kubernetes' own code fails on this object (%v)", panicked)})
			admitted = nil
		}
	}()
	var content map[string]any
	if err := sigsjson.UnmarshalCaseSensitivePreserveInts(raw, &content); err != nil {
		result.Invalid = []Problem{{Message: err.Error()}}
		return nil
	}
	asGiven := &unstructured.Unstructured{Object: content}
	kind := asGiven.GroupVersionKind()
	if _, builtIn := s.strategies[kind.GroupKind()]; !builtIn || !s.scheme.Recognizes(kind) {
		return &subject{kind: kind, name: nameOf(asGiven), namespace: asGiven.GetNamespace(), labels: asGiven.GetLabels(), object: asGiven}
	}
	versioned, err := s.decode(raw, kind)
	if err != nil {
		result.Invalid = []Problem{{Message: err.Error()}}
		return nil
	}
	s.scheme.Default(versioned)
	result.Defaulted, err = defaulted(versioned, content)
	if err != nil {
		result.Invalid = []Problem{{Message: err.Error()}}
		return nil
	}
	return s.prepare(ctx, versioned, kind, result)
}

// decode reads JSON as the API server does: case counts, unknown fields are dropped.
func (s *server) decode(raw json.RawMessage, kind schema.GroupVersionKind) (runtime.Object, error) {
	versioned, err := s.scheme.New(kind)
	if err != nil {
		return nil, err
	}
	if err := sigsjson.UnmarshalCaseSensitivePreserveInts(raw, versioned); err != nil {
		return nil, err
	}
	versioned.GetObjectKind().SetGroupVersionKind(kind)
	return versioned, nil
}

// defaulted writes an object without the empty status and time that Go's types bring with them.
func defaulted(object runtime.Object, given map[string]any) (json.RawMessage, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, err
	}
	if _, has := given["status"]; !has {
		delete(content, "status")
	}
	if metadata, ok := content["metadata"].(map[string]any); ok && metadata["creationTimestamp"] == nil {
		delete(metadata, "creationTimestamp")
	}
	return json.Marshal(content)
}

// prepare runs the kind's own create strategy: fields nobody may set are dropped, then everything is validated.
func (s *server) prepare(ctx context.Context, versioned runtime.Object, kind schema.GroupVersionKind, result *Result) *subject {
	internal, err := s.scheme.UnsafeConvertToVersion(versioned, runtime.InternalGroupVersioner)
	if err != nil {
		result.Invalid = []Problem{{Message: err.Error()}}
		return nil
	}
	strategy := s.strategies[kind.GroupKind()]
	metadata, err := meta.Accessor(internal)
	if err != nil {
		result.Invalid = []Problem{{Message: err.Error()}}
		return nil
	}
	// Set by the server before anything looks at the object; fixed here, so that the same input gives the same answer.
	metadata.SetUID("00000000-0000-0000-0000-000000000000")
	metadata.SetCreationTimestamp(metav1.NewTime(time.Unix(0, 0).UTC()))
	metadata.SetDeletionTimestamp(nil)
	if metadata.GetName() == "" && metadata.GetGenerateName() != "" {
		metadata.SetName(metadata.GetGenerateName() + "00000")
	}
	if !strategy.NamespaceScoped() {
		metadata.SetNamespace("")
	} else if metadata.GetNamespace() == "" {
		metadata.SetNamespace(metav1.NamespaceDefault)
	}
	if service, isService := internal.(*core.Service); isService {
		normalizeClusterIPs(service)
	}
	resource := resourceOf(kind)
	ctx = request.WithNamespace(request.WithUser(ctx, someone), metadata.GetNamespace())
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version,
		Resource: resource.Resource, Namespace: metadata.GetNamespace(), Name: metadata.GetName(),
	})
	ctx = warning.WithWarningRecorder(ctx, recorder{&result.Warnings})
	if err := rest.BeforeCreate(strategy, ctx, internal); err != nil {
		result.Invalid = problemsOf(err)
	}
	subject := &subject{kind: kind, name: metadata.GetName(), namespace: metadata.GetNamespace(), labels: metadata.GetLabels(), internal: internal}
	if subject.object, err = s.inVersion(internal, kind); err != nil {
		result.Invalid = append(result.Invalid, Problem{Message: err.Error()})
		return nil
	}
	return subject
}

// inVersion converts Kubernetes' own form to a version and to the maps that CEL reads.
func (s *server) inVersion(internal runtime.Object, kind schema.GroupVersionKind) (*unstructured.Unstructured, error) {
	versioned, err := s.scheme.New(kind)
	if err != nil {
		return nil, err
	}
	if err := s.scheme.Convert(internal, versioned, nil); err != nil {
		return nil, err
	}
	versioned.GetObjectKind().SetGroupVersionKind(kind)
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(versioned)
	if err != nil {
		return nil, err
	}
	return &unstructured.Unstructured{Object: content}, nil
}

// problemsOf lists the causes of a refusal.
func problemsOf(err error) []Problem {
	var status *apierrors.StatusError
	if !errors.As(err, &status) || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return []Problem{{Message: err.Error()}}
	}
	problems := make([]Problem, 0, len(status.ErrStatus.Details.Causes))
	for _, cause := range status.ErrStatus.Details.Causes {
		problems = append(problems, Problem{Field: cause.Field, Message: cause.Message})
	}
	return problems
}

func nameOf(object *unstructured.Unstructured) string {
	if object.GetName() == "" && object.GetGenerateName() != "" {
		return object.GetGenerateName() + "00000"
	}
	return object.GetName()
}

type recorder struct{ into *[]string }

// AddWarning keeps what the server would send as a Warning header.
func (r recorder) AddWarning(_, text string) { *r.into = append(*r.into, text) }
