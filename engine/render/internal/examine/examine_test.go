package examine

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// ask answers a request written as JSON.
func ask(t *testing.T, request string) Response {
	t.Helper()
	var out bytes.Buffer
	if err := Answer(context.Background(), strings.NewReader(request), &out); err != nil {
		t.Fatal(err)
	}
	var response Response
	if err := json.Unmarshal(out.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	return response
}

func requestOf(t *testing.T, objects []string, policies ...string) string {
	t.Helper()
	return `{"version":1,"kubeVersion":"1.36","objects":[` + strings.Join(objects, ",") + `],"policies":[` + strings.Join(policies, ",") + `],"namespaces":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"labelled","labels":{"tier":"prod"}}}]}`
}

// rule writes a policy and its binding; spec and binding are the fields beside what every one has.
func rule(spec, binding string, params ...string) string {
	return `{"policy":{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"rule"},"spec":{` + spec + `}},` +
		`"binding":{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"binding"},"spec":{"policyName":"rule",` + binding + `}},` +
		`"params":[` + strings.Join(params, ",") + `]}`
}

const (
	onConfigMaps = `"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]}`
	deny         = `"validationActions":["Deny"]`
	configMap    = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"labelled","labels":{"app":"a"}},"data":{"key":"value"}}`
)

func messagesOf(result Result) []string {
	messages := []string{}
	for _, verdict := range result.Verdicts {
		messages = append(messages, verdict.Message)
	}
	return messages
}

func TestDefaultsAreThoseOfTheAPIServer(t *testing.T) {
	pod := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x"},"spec":{"containers":[{"name":"c","image":"nginx","resources":{"limits":{"cpu":0.1}}}]}}`
	result := ask(t, requestOf(t, []string{pod})).Objects[0]
	for _, part := range []string{`"requests":{"cpu":"100m"}`, `"imagePullPolicy":"Always"`, `"restartPolicy":"Always"`} {
		if !strings.Contains(string(result.Defaulted), part) {
			t.Errorf("defaulted: got %s, expected %s in it", result.Defaulted, part)
		}
	}
	for _, part := range []string{`"status"`, `"creationTimestamp"`, `"uid"`} {
		if strings.Contains(string(result.Defaulted), part) {
			t.Errorf("defaulted: got %s, expected no %s", result.Defaulted, part)
		}
	}
}

func TestDefaultsFollowTheVersion(t *testing.T) {
	for asked, judged := range map[string]string{"1.36": "1.36", "1.35": "1.35", "1.20": "1.34", "1.99": "1.37"} {
		if got := ask(t, `{"version":1,"kubeVersion":"`+asked+`","objects":[],"policies":[],"namespaces":[]}`).Judged; got != judged {
			t.Errorf("%s: judged by %s, expected %s", asked, got, judged)
		}
	}
}

func TestNativeValidation(t *testing.T) {
	cases := map[string]struct{ object, field string }{
		"a selector that does not match": {`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a","namespace":"x"},"spec":{"selector":{"matchLabels":{"app":"b"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}`, "spec.template.metadata.labels"},
		"a port out of range":            {`{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"x"},"spec":{"ports":[{"port":80,"targetPort":70000}]}}`, "spec.ports[0].targetPort"},
		"a cron line that is none":       {`{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"a","namespace":"x"},"spec":{"schedule":"often","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}`, "spec.schedule"},
		"a role without verbs":           {`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"a","namespace":"x"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":[]}]}`, "rules[0].verbs"},
	}
	for name, each := range cases {
		result := ask(t, requestOf(t, []string{each.object})).Objects[0]
		if !slices.ContainsFunc(result.Invalid, func(problem Problem) bool { return problem.Field == each.field }) {
			t.Errorf("%s: got %v, expected a problem at %s", name, result.Invalid, each.field)
		}
	}
}

func TestWhatIsFineHasNoProblems(t *testing.T) {
	objects := []string{
		configMap,
		`{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","namespace":"x"},"spec":{"clusterIP":"None","ports":[{"port":80}]}}`,
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x"},"spec":{"containers":[{"name":"c","image":"i","securityContext":{"privileged":true}}]}}`,
		`{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"a","namespace":"x"},"spec":{"anything":1}}`,
		`{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a","namespace":"x"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}`,
		`{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"a","namespace":"x"},"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}`,
	}
	for i, result := range ask(t, requestOf(t, objects)).Objects {
		if len(result.Invalid) > 0 {
			t.Errorf("%s: got %v, expected no problems", objects[i], result.Invalid)
		}
	}
}

func TestWhatCannotBeReadIsToldAndStopsNobody(t *testing.T) {
	broken := `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x"},"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"much"}}}]}}`
	results := ask(t, requestOf(t, []string{broken, configMap}, rule(onConfigMaps+`,"validations":[{"expression":"false","message":"never"}]`, deny))).Objects
	if len(results[0].Invalid) != 1 || results[0].Defaulted != nil {
		t.Errorf("got %v, expected one problem and no defaults", results[0])
	}
	if got := messagesOf(results[1]); !slices.Equal(got, []string{"never"}) {
		t.Errorf("got %v, expected the other object judged", got)
	}
}

func TestMatching(t *testing.T) {
	never := `,"validations":[{"expression":"false","message":"refused"}]`
	refused, passed := []string{"refused"}, []string{}
	cases := map[string]struct {
		rule     string
		expected []string
	}{
		"its resource":                     {rule(onConfigMaps+never, deny), refused},
		"another resource":                 {rule(`"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["secrets"]}]}`+never, deny), passed},
		"another operation":                {rule(`"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["DELETE"],"resources":["configmaps"]}]}`+never, deny), passed},
		"objects of the cluster alone":     {rule(`"matchConstraints":{"resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["*"],"resources":["*"],"scope":"Cluster"}]}`+never, deny), passed},
		"a match condition that fails":     {rule(onConfigMaps+`,"matchConditions":[{"name":"b","expression":"object.metadata.name == 'b'"}]`+never, deny), passed},
		"a namespace by label":             {rule(onConfigMaps+never, deny+`,"matchResources":{"namespaceSelector":{"matchLabels":{"tier":"prod"}}}`), refused},
		"another namespace by label":       {rule(onConfigMaps+never, deny+`,"matchResources":{"namespaceSelector":{"matchLabels":{"tier":"dev"}}}`), passed},
		"a namespace by name":              {rule(onConfigMaps+never, deny+`,"matchResources":{"namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"In","values":["labelled"]}]}}`), refused},
		"an object by label":               {rule(onConfigMaps+never, deny+`,"matchResources":{"objectSelector":{"matchLabels":{"app":"b"}}}`), passed},
		"what the policy may know":         {rule(onConfigMaps+`,"validations":[{"expression":"namespaceObject.metadata.labels.tier != 'prod' || request.operation != 'CREATE' || oldObject != null","message":"refused"}]`, deny), refused},
		"an authorizer, who allows nobody": {rule(onConfigMaps+`,"validations":[{"expression":"authorizer.group('').resource('pods').check('get').allowed()","message":"refused"}]`, deny), refused},
	}
	for name, each := range cases {
		response := ask(t, requestOf(t, []string{configMap}, each.rule))
		if len(response.Policies[0].Invalid) > 0 {
			t.Errorf("%s: not accepted: %v", name, response.Policies[0].Invalid)
		}
		if got := messagesOf(response.Objects[0]); !slices.Equal(got, each.expected) {
			t.Errorf("%s: got %v, expected %v", name, got, each.expected)
		}
	}
}

func TestAnOlderVersionOfAKindMatchesAsTheOneOfThePolicy(t *testing.T) {
	hpa := `{"apiVersion":"autoscaling/v1","kind":"HorizontalPodAutoscaler","metadata":{"name":"a","namespace":"x"},"spec":{"maxReplicas":3,"targetCPUUtilizationPercentage":70,"scaleTargetRef":{"kind":"Deployment","name":"a"}}}`
	spec := `"matchConstraints":{"resourceRules":[{"apiGroups":["autoscaling"],"apiVersions":["v2"],"operations":["CREATE"],"resources":["horizontalpodautoscalers"]}]},"validations":[{"expression":"object.spec.metrics[0].resource.target.averageUtilization < 50","messageExpression":"'at ' + string(object.spec.metrics[0].resource.target.averageUtilization)"}]`
	if got := messagesOf(ask(t, requestOf(t, []string{hpa}, rule(spec, deny))).Objects[0]); !slices.Equal(got, []string{"at 70"}) {
		t.Errorf("got %v, expected the object in the policy's version", got)
	}
}

func TestParameters(t *testing.T) {
	spec := onConfigMaps + `,"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"validations":[{"expression":"params == null || object.metadata.name in params.data","messageExpression":"params == null ? 'none' : string(params.metadata.name)"}]`
	param := func(name, data string) string {
		return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"` + name + `","namespace":"system","labels":{"for":"rule"}},"data":{` + data + `}}`
	}
	ref := func(ref string) string { return deny + `,"paramRef":{` + ref + `}` }
	cases := map[string]struct {
		rule     string
		expected []string
	}{
		"that name the object":        {rule(spec, ref(`"name":"p","namespace":"system","parameterNotFoundAction":"Deny"`), param("p", `"a":""`)), []string{}},
		"that do not":                 {rule(spec, ref(`"name":"p","namespace":"system","parameterNotFoundAction":"Deny"`), param("p", `"b":""`)), []string{"p"}},
		"that are not there":          {rule(spec, ref(`"name":"p","namespace":"system","parameterNotFoundAction":"Deny"`)), []string{"failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"}},
		"that need not be there":      {rule(spec, ref(`"name":"p","namespace":"system","parameterNotFoundAction":"Allow"`)), []string{}},
		"in another namespace":        {rule(spec, ref(`"name":"p","parameterNotFoundAction":"Allow"`), param("p", `"b":""`)), []string{}},
		"by label, each by itself":    {rule(spec, ref(`"selector":{"matchLabels":{"for":"rule"}},"namespace":"system","parameterNotFoundAction":"Deny"`), param("p", `"b":""`), param("q", `"c":""`)), []string{"p", "q"}},
		"that the binding leaves out": {rule(spec, deny), []string{}},
	}
	for name, each := range cases {
		response := ask(t, requestOf(t, []string{configMap}, each.rule))
		if len(response.Policies[0].Invalid) > 0 {
			t.Errorf("parameters %s: not accepted: %v", name, response.Policies[0].Invalid)
		}
		if got := messagesOf(response.Objects[0]); !slices.Equal(got, each.expected) {
			t.Errorf("parameters %s: got %v, expected %v", name, got, each.expected)
		}
	}
}

func TestAPolicyThatNoServerAcceptsJudgesNothing(t *testing.T) {
	response := ask(t, requestOf(t, []string{configMap}, rule(onConfigMaps+`,"validations":[{"expression":"object.metadata.","message":"m"}]`, deny)))
	problems := response.Policies[0].Invalid
	if len(problems) == 0 || problems[0].Field != "policy.spec.validations[0].expression" {
		t.Errorf("got %v, expected a problem at the expression", problems)
	}
	if len(response.Objects[0].Verdicts) > 0 {
		t.Errorf("got %v, expected no verdicts", response.Objects[0].Verdicts)
	}
}

func TestAnExpressionThatFails(t *testing.T) {
	spec := onConfigMaps + `,"validations":[{"expression":"object.data.other == 'x'","message":"m"}]`
	verdicts := ask(t, requestOf(t, []string{configMap}, rule(spec, deny), rule(`"failurePolicy":"Ignore",`+spec, deny))).Objects[0].Verdicts
	if len(verdicts) != 1 || !verdicts[0].Error || !strings.Contains(verdicts[0].Message, "no such key: other") {
		t.Errorf("got %v, expected one error, and none where failures are ignored", verdicts)
	}
}

func TestAnExpressionThatCostsTooMuch(t *testing.T) {
	list := "[0,1,2,3,4,5,6,7,8,9]"
	costly := list + ".all(a, " + list + ".all(b, " + list + ".all(c, " + list + ".all(d, " + list + ".all(e, " + list + ".all(f, true))))))"
	verdicts := ask(t, requestOf(t, []string{configMap}, rule(onConfigMaps+`,"validations":[{"expression":"`+costly+`","message":"m"}]`, deny))).Objects[0].Verdicts
	if len(verdicts) != 1 || !verdicts[0].Error {
		t.Errorf("got %v, expected the cost limit of the server", verdicts)
	}
}

func TestRequestsThatCannotBeUnderstood(t *testing.T) {
	for request, expected := range map[string]string{
		`{`: "not understood",
		`{"version":2,"kubeVersion":"1.36","objects":[],"policies":[],"namespaces":[]}`: "version: got 2, expected 1",
		`{"version":1,"kubeVersion":"soon","objects":[],"policies":[],"namespaces":[]}`: "kubeVersion: got \"soon\"",
		`{"version":1,"kubeVersion":"1.36","things":[]}`:                                "unknown field",
	} {
		err := Answer(context.Background(), strings.NewReader(request), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%s: got %v, expected %q", request, err, expected)
		}
	}
}
