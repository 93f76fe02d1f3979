package examine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

var (
	policyKind  = admissionregistrationv1.SchemeGroupVersion.WithKind("ValidatingAdmissionPolicy")
	bindingKind = admissionregistrationv1.SchemeGroupVersion.WithKind("ValidatingAdmissionPolicyBinding")
)

// chain is the policies in force, as the admission plugin of an API server holds them.
type chain struct {
	server  *server
	hooks   []hook
	matcher generic.PolicyMatcher
	// namespaces by name.
	namespaces map[string]*corev1.Namespace
	interfaces admission.ObjectInterfaces
}

type hook struct {
	policy    *admissionregistrationv1.ValidatingAdmissionPolicy
	binding   *admissionregistrationv1.ValidatingAdmissionPolicyBinding
	evaluator validating.Validator
	params    []param
}

// policyChain reads, validates and compiles the policies. One that the server would not accept judges nothing.
func (s *server) policyChain(ctx context.Context, request Request, subjects []*subject) (*chain, []PolicyResult) {
	c := &chain{server: s, namespaces: s.namespacesOf(request, subjects)}
	c.interfaces = &admission.RuntimeObjectInterfaces{ObjectCreater: s.scheme, ObjectTyper: s.scheme, ObjectDefaulter: s.scheme, ObjectConvertor: s.scheme, EquivalentResourceMapper: s.equivalent}
	index := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	for _, namespace := range c.namespaces {
		// Keys of an indexer in memory: adding cannot fail.
		_ = index.Add(namespace)
	}
	c.matcher = generic.NewPolicyMatcher(matching.NewMatcher(corelisters.NewNamespaceLister(index), (*kubernetes.Clientset)(nil)))
	results := make([]PolicyResult, len(request.Policies))
	hooks := make([]*hook, len(request.Policies))
	each(len(hooks), func(i int) { hooks[i], results[i] = s.hookOf(ctx, request.Policies[i]) })
	for _, hook := range hooks {
		if hook != nil {
			c.hooks = append(c.hooks, *hook)
		}
	}
	return c, results
}

func (s *server) hookOf(ctx context.Context, input PolicyInput) (*hook, PolicyResult) {
	h := &hook{}
	problems := []Problem{}
	read := func(what string, raw json.RawMessage, kind schema.GroupVersionKind) runtime.Object {
		var checked Result
		s.admit(ctx, raw, &checked)
		for _, problem := range checked.Invalid {
			problems = append(problems, Problem{Field: what + "." + problem.Field, Message: problem.Message})
		}
		object, err := s.decode(raw, kind)
		if err != nil {
			return nil
		}
		s.scheme.Default(object)
		return object
	}
	h.policy, _ = read("policy", input.Policy, policyKind).(*admissionregistrationv1.ValidatingAdmissionPolicy)
	h.binding, _ = read("binding", input.Binding, bindingKind).(*admissionregistrationv1.ValidatingAdmissionPolicyBinding)
	name := ""
	if h.policy != nil {
		name = h.policy.Name
	}
	for i, raw := range input.Params {
		read, err := s.readParam(raw)
		if err != nil {
			problems = append(problems, Problem{Field: fmt.Sprintf("params[%d]", i), Message: err.Error()})
			continue
		}
		h.params = append(h.params, read)
	}
	if len(problems) > 0 {
		return nil, PolicyResult{Policy: name, Invalid: problems}
	}
	h.evaluator = compile(h.policy)
	return h, PolicyResult{Policy: name, Invalid: problems}
}

// namespacesOf collects the namespaces of the request and of its objects; others are there with their name alone.
func (s *server) namespacesOf(request Request, subjects []*subject) map[string]*corev1.Namespace {
	found := map[string]*corev1.Namespace{}
	add := func(raw json.RawMessage) {
		object, err := s.decode(raw, corev1.SchemeGroupVersion.WithKind("Namespace"))
		if err != nil {
			return
		}
		s.scheme.Default(object)
		if namespace, ok := object.(*corev1.Namespace); ok && found[namespace.Name] == nil {
			found[namespace.Name] = namespace
		}
	}
	for i, subject := range subjects {
		if subject != nil && subject.kind.GroupKind() == (schema.GroupKind{Kind: "Namespace"}) {
			add(request.Objects[i])
		}
	}
	for _, raw := range request.Namespaces {
		add(raw)
	}
	for _, subject := range subjects {
		if subject != nil && subject.namespace != "" && found[subject.namespace] == nil {
			bare := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: subject.namespace}}
			s.scheme.Default(bare)
			found[subject.namespace] = bare
		}
	}
	return found
}

// exempt are the kinds that policies never see, so that a policy cannot lock itself in.
var exempt = []string{"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}

// judge asks every policy that matches an object, in their order.
func (c *chain) judge(ctx context.Context, subject *subject) []Verdict {
	if subject.kind.Group == policyKind.Group && slices.Contains(exempt, subject.kind.Kind) {
		return nil
	}
	attributes := admission.NewAttributesRecord(subject.object, nil, subject.kind, subject.namespace, subject.name, resourceOf(subject.kind), "", admission.Create, &metav1.CreateOptions{}, false, someone)
	versions := map[schema.GroupVersionKind]*admission.VersionedAttributes{}
	verdicts := []Verdict{}
	for _, hook := range c.hooks {
		verdicts = append(verdicts, c.ask(ctx, hook, subject, attributes, versions)...)
	}
	return verdicts
}

func (c *chain) ask(ctx context.Context, hook hook, subject *subject, attributes admission.Attributes, versions map[schema.GroupVersionKind]*admission.VersionedAttributes) []Verdict {
	whole := func(err error) []Verdict {
		if *hook.policy.Spec.FailurePolicy == admissionregistrationv1.Ignore {
			return nil
		}
		return []Verdict{verdictOf(hook, -1, err.Error(), true)}
	}
	matches, resource, kind, err := c.matcher.DefinitionMatches(attributes, c.interfaces, validating.NewValidatingAdmissionPolicyAccessor(hook.policy))
	if err != nil {
		return whole(err)
	}
	if !matches {
		return nil
	}
	matches, err = c.matcher.BindingMatches(attributes, c.interfaces, validating.NewValidatingAdmissionPolicyBindingAccessor(hook.binding))
	if err != nil {
		return whole(err)
	}
	if !matches {
		return nil
	}
	params, err := hook.paramsFor(subject.namespace)
	if err != nil {
		return whole(err)
	}
	versioned := versions[kind]
	if versioned == nil {
		object := subject.object
		if kind != subject.kind && subject.internal != nil {
			if object, err = c.server.inVersion(subject.internal, kind); err != nil {
				return whole(err)
			}
		}
		versioned = &admission.VersionedAttributes{Attributes: attributes, VersionedObject: admission.NewLazyObject(object), VersionedKind: kind}
		versions[kind] = versioned
	}
	var namespace *corev1.Namespace
	if subject.kind.GroupKind() != (schema.GroupKind{Kind: "Namespace"}) {
		namespace = c.namespaces[subject.namespace]
	}
	verdicts := []Verdict{}
	for _, param := range params {
		result := hook.evaluator.Validate(ctx, resource, versioned, param, namespace, celconfig.RuntimeCELCostBudget, nobody{})
		for i, decision := range result.Decisions {
			if decision.Action != validating.ActionDeny {
				continue
			}
			failed := decision.Evaluation == validating.EvalError
			if len(result.Decisions) != len(hook.policy.Spec.Validations) {
				i = -1
			}
			verdicts = append(verdicts, verdictOf(hook, i, decision.Message, failed))
		}
	}
	return verdicts
}

func verdictOf(hook hook, index int, message string, failed bool) Verdict {
	actions := make([]string, 0, len(hook.binding.Spec.ValidationActions))
	for _, action := range hook.binding.Spec.ValidationActions {
		actions = append(actions, string(action))
	}
	return Verdict{Policy: hook.policy.Name, Binding: hook.binding.Name, Index: index, Message: message, Actions: actions, Error: failed}
}

// nobody may do anything: what a user may do in a cluster is not known here.
type nobody struct{}

func (nobody) Authorize(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	return authorizer.DecisionNoOpinion, "not known without a cluster", nil
}
