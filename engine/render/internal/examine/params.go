package examine

import (
	"encoding/json"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	sigsjson "sigs.k8s.io/json"
)

// param is an object that bindings may refer to.
type param struct {
	meta   *unstructured.Unstructured
	object runtime.Object
}

// readParam reads a parameter; built-in kinds as their own types with defaults, as the API server's cache holds them.
func (s *server) readParam(raw json.RawMessage) (param, error) {
	var content map[string]any
	if err := sigsjson.UnmarshalCaseSensitivePreserveInts(raw, &content); err != nil {
		return param{}, err
	}
	meta := &unstructured.Unstructured{Object: content}
	kind := meta.GroupVersionKind()
	if !s.scheme.Recognizes(kind) {
		return param{meta, meta}, nil
	}
	object, err := s.decode(raw, kind)
	if err != nil {
		return param{}, err
	}
	s.scheme.Default(object)
	return param{meta, object}, nil
}

// paramsFor finds what a policy is evaluated with: once with each, once without where the policy takes none.
func (h hook) paramsFor(namespace string) ([]runtime.Object, error) {
	kind, ref := h.policy.Spec.ParamKind, h.binding.Spec.ParamRef
	if kind == nil || ref == nil {
		return []runtime.Object{nil}, nil
	}
	selector := labels.Nothing()
	if ref.Selector != nil {
		parsed, err := metav1.LabelSelectorAsSelector(ref.Selector)
		if err != nil {
			return nil, err
		}
		selector = parsed
	}
	if ref.Namespace != "" {
		namespace = ref.Namespace
	}
	found := []runtime.Object{}
	for _, each := range h.params {
		if each.meta.GetAPIVersion() != kind.APIVersion || each.meta.GetKind() != kind.Kind {
			continue
		}
		if each.meta.GetNamespace() != "" && each.meta.GetNamespace() != namespace {
			continue
		}
		if each.meta.GetName() == ref.Name || selector.Matches(labels.Set(each.meta.GetLabels())) {
			found = append(found, each.object)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	if ref.ParameterNotFoundAction != nil && *ref.ParameterNotFoundAction == admissionregistrationv1.DenyAction {
		return nil, errors.New("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction")
	}
	if ref.Name == "" && ref.Selector == nil {
		return nil, fmt.Errorf("one of name or selector must be provided")
	}
	return nil, nil
}
