package chart

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostik.dev/engine/render/internal/builtin"
	"mostik.dev/engine/render/internal/testfiles"
	"mostik.dev/engine/render/internal/wire"
)

const metadata = "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"7\"\n"

// render writes a chart around the files and renders it.
func render(t testing.TB, files map[string]string, change func(*wire.Item)) (wire.Result, string) {
	t.Helper()
	all := map[string]string{"web/Chart.yaml": metadata}
	maps.Copy(all, files)
	folder := testfiles.Write(t, all)
	item := wire.Item{
		ID: "web", Source: "chart", Path: filepath.Join(folder, "web"), Root: folder,
		ReleaseName: "web", Namespace: "ns", Seed: "s",
	}
	if change != nil {
		change(&item)
	}
	capabilities, err := Capabilities("1.36.3", append(builtin.Versions(36), "x.io/v1/Foo"))
	if err != nil {
		t.Fatal(err)
	}
	return Render(t.Context(), item, capabilities), folder
}

// configMap is a template of one object whose data is the text.
func configMap(data string) string {
	return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: " + data + "\n"
}

// dataOf reads data.x of the first object.
func dataOf(t testing.TB, result wire.Result) string {
	t.Helper()
	if len(result.Objects) == 0 {
		t.Fatalf("no objects: %+v", result.Diagnostics)
	}
	var object struct{ Data map[string]string }
	if err := json.Unmarshal(result.Objects[0].Object, &object); err != nil {
		t.Fatal(err)
	}
	return object.Data["x"]
}

func TestTemplatesSeeReleaseAndCapabilities(t *testing.T) {
	text := `"{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.IsUpgrade }} {{ .Release.Revision }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.APIVersions.Has "x.io/v1/Foo" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }} {{ .Capabilities.APIVersions.Has "extensions/v1beta1" }}"`
	result, _ := render(t, map[string]string{"web/templates/a.yaml": configMap(text)}, func(item *wire.Item) { item.IsUpgrade = true })
	if got, want := dataOf(t, result), "web ns true 1 v1.36.3 true true false"; got != want {
		t.Errorf("got %s, expected %s", got, want)
	}
	if *result.Chart != (wire.Chart{Name: "web", Version: "1.2.3", AppVersion: "7"}) {
		t.Errorf("got chart %+v", result.Chart)
	}
}

func TestValuesAreMergedInOrderAndInlineOnesLast(t *testing.T) {
	result, _ := render(t, map[string]string{
		"web/values.yaml":      "a: 1\nb: {c: 1, d: 1, e: 1}\nlist: [1, 2]\ngone: here\n",
		"one.yaml":             "b: {c: 2, d: 2}\nlist: [3]\n---\nfrom: second document\n",
		"two.yaml":             "b: {d: 3}\ngone: null\n",
		"web/templates/a.yaml": configMap(`{{ .Values | toJson | quote }}`),
	}, func(item *wire.Item) {
		folder := filepath.Dir(item.Path)
		item.Files = []string{filepath.Join(folder, "one.yaml"), filepath.Join(folder, "two.yaml")}
		item.Values = map[string]any{"b": map[string]any{"e": 12345678.0}}
	})
	want := `{"a":1,"b":{"c":2,"d":3,"e":12345678},"from":"second document","list":[3]}`
	if got := dataOf(t, result); got != want || string(result.Values) != want {
		t.Errorf("templates saw %s,\nresponse says %s,\nexpected %s", got, result.Values, want)
	}
}

func TestValuesInTheResponseAreThoseBeforeATemplateChangedThem(t *testing.T) {
	result, _ := render(t, map[string]string{
		"web/values.yaml":      "a: 1\n",
		"web/templates/a.yaml": `{{ $_ := set .Values "a" 2 }}` + "\n" + configMap(`"{{ .Values.a }}"`),
	}, nil)
	if dataOf(t, result) != "2" || string(result.Values) != `{"a":1}` {
		t.Errorf("got %s and values %s", dataOf(t, result), result.Values)
	}
}

func TestObjectsComeInTheOrderOfHelm(t *testing.T) {
	document := func(kind, name, annotations string) string {
		return "apiVersion: v1\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n  annotations: {" + annotations + "}\n---\n"
	}
	result, _ := render(t, map[string]string{
		"web/crds/b.yaml":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: b}\n",
		"web/crds/a.yaml":         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a}\n",
		"web/templates/a.yaml":    document("Zebra", "z", "") + document("Deployment", "d", "") + document("Job", "hook", "helm.sh/hook: 'pre-install, Pre-Upgrade', helm.sh/hook-weight: '-5', helm.sh/hook-delete-policy: 'hook-succeeded,before-hook-creation'"),
		"web/templates/b.yaml":    document("Secret", "keep", "helm.sh/resource-policy: keep") + document("Apple", "a", "") + document("Pod", "test", "helm.sh/hook: test-success"),
		"web/templates/c.yaml":    "# nothing but a comment\n",
		"web/templates/_h.yaml":   "{{ define \"x\" }}{{ end }}not an object",
		"web/templates/NOTES.txt": "Hello {{ .Release.Name }}\n",
	}, nil)
	var got []string
	for _, object := range result.Objects {
		var head struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := json.Unmarshal(object.Object, &head); err != nil {
			t.Fatal(err)
		}
		text := head.Kind + " " + head.Metadata.Name
		if object.CRD {
			text += " crd"
		}
		if object.Keep {
			text += " keep"
		}
		if object.Hook != nil {
			encoded, _ := json.Marshal(object.Hook)
			text += " " + string(encoded)
		}
		got = append(got, text)
	}
	want := []string{
		"CustomResourceDefinition a crd", "CustomResourceDefinition b crd",
		"Secret keep keep", "Deployment d", "Apple a", "Zebra z",
		`Pod test {"events":["test"],"weight":0,"deletePolicies":["before-hook-creation"]}`,
		`Job hook {"events":["pre-install","pre-upgrade"],"weight":-5,"deletePolicies":["hook-succeeded","before-hook-creation"]}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nexpected\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if result.Notes != "Hello web\n" {
		t.Errorf("got notes %q", result.Notes)
	}
}

func TestAHookListGivesEachItemTheHook(t *testing.T) {
	result, _ := render(t, map[string]string{"web/templates/a.yaml": `apiVersion: v1
kind: List
metadata: {annotations: {helm.sh/hook: pre-delete}}
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a}}
- {apiVersion: v1, kind: Pod, metadata: {name: b}}
`}, nil)
	if len(result.Objects) != 2 || result.Objects[1].Hook == nil || result.Objects[1].Hook.Events[0] != "pre-delete" {
		t.Errorf("got %+v", result.Objects)
	}
}

func TestSubchartsFollowConditionsTagsAndAliases(t *testing.T) {
	subchart := func(name string) map[string]string {
		return map[string]string{
			"web/charts/" + name + "-folder/Chart.yaml":       "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n",
			"web/charts/" + name + "-folder/values.yaml":      "greeting: default\nexports: {up: {imported: " + name + "}}\n",
			"web/charts/" + name + "-folder/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Chart.Name }}'}\ndata: {x: '{{ .Values.greeting }} {{ .Values.global.g }}'}\n",
		}
	}
	files := map[string]string{
		"web/Chart.yaml": metadata + `dependencies:
- {name: left, version: 1.x.x, condition: left.enabled, import-values: [up]}
- {name: right, version: 1.x.x, condition: right.enabled}
- {name: tagged, version: 1.x.x, tags: [extra]}
- {name: left, version: 1.x.x, alias: second}
`,
		"web/values.yaml": "global: {g: G}\nleft: {enabled: true, greeting: hi}\nright: {enabled: false}\ntags: {extra: false}\n",
	}
	for _, name := range []string{"left", "right", "tagged"} {
		maps.Copy(files, subchart(name))
	}
	result, folder := render(t, files, nil)
	var got []string
	for _, object := range result.Objects {
		var head struct {
			Metadata struct{ Name string }
			Data     map[string]string
		}
		if err := json.Unmarshal(object.Object, &head); err != nil {
			t.Fatal(err)
		}
		got = append(got, head.Metadata.Name+": "+head.Data["x"])
		if want := filepath.Join(folder, "web/charts/left-folder/templates/a.yaml"); object.File != want || object.Line != 1 {
			t.Errorf("got file %s line %d, expected %s", object.File, object.Line, want)
		}
	}
	if want := []string{"left: hi G", "second: default G"}; !slices.Equal(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
	if !strings.Contains(string(result.Values), `"imported":"left"`) {
		t.Errorf("got values %s, expected the imported one", result.Values)
	}
}

func TestPackedChartsKnowTheirArchive(t *testing.T) {
	inner := pack(t, map[string]string{
		"sub/Chart.yaml":       "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
		"sub/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sub}\n",
	})
	result, folder := render(t, map[string]string{
		"web/charts/sub-1.0.0.tgz":  inner,
		"web/files/charts/data.tgz": "not a chart, not unpacked",
		"web/templates/b.yaml":      configMap(`{{ .Files.Get "files/charts/data.tgz" | quote }}`),
	}, nil)
	if len(result.Objects) != 2 || result.Objects[0].File != filepath.Join(folder, "web/charts/sub-1.0.0.tgz") || result.Objects[0].Line != 0 {
		t.Fatalf("got %+v, %+v", result.Objects, result.Diagnostics)
	}
	if result.Objects[0].Template != "web/charts/sub/templates/a.yaml" {
		t.Errorf("got template %s", result.Objects[0].Template)
	}
	outer := pack(t, map[string]string{
		"web/Chart.yaml":           metadata,
		"web/charts/sub-1.0.0.tgz": inner,
		"web/templates/b.yaml":     configMap("b"),
	})
	archive := filepath.Join(folder, "web-1.2.3.tgz")
	if err := os.WriteFile(archive, []byte(outer), 0o644); err != nil {
		t.Fatal(err)
	}
	result, _ = render(t, nil, func(item *wire.Item) { item.Path, item.Root = archive, folder })
	if len(result.Objects) != 2 || result.Objects[0].File != archive || result.Objects[1].File != archive {
		t.Errorf("got %+v, %+v", result.Objects, result.Diagnostics)
	}
}

// pack makes a chart archive.
func pack(t testing.TB, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zipped)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := archive.WriteHeader(&tar.Header{Name: name, Size: int64(len(files[name])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if archive.Close() != nil || zipped.Close() != nil {
		t.Fatal("the archive could not be closed")
	}
	return packed.String()
}

func TestLinesOfTemplatesAreGivenWhereTheyAreCertain(t *testing.T) {
	template := `{{- if true }}
# a comment
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
{{- end }}
apiVersion: v1
kind: Service
metadata: {name: b}
---
apiVersion: v1
kind: Service
metadata: {name: c}
{{- range until 2 }}
---
apiVersion: v1
kind: Secret
metadata: {name: "s{{ . }}"}
{{- end }}
`
	result, _ := render(t, map[string]string{"web/templates/a.yaml": template}, nil)
	lines := map[string]int{}
	for _, object := range result.Objects {
		var head struct{ Metadata struct{ Name string } }
		if err := json.Unmarshal(object.Object, &head); err != nil {
			t.Fatal(err)
		}
		lines[head.Metadata.Name] = object.Line
	}
	// b and c are both Services and the range makes one piece more, so theirs are not certain.
	if want := map[string]int{"a": 3, "b": 0, "c": 0, "s0": 17, "s1": 17}; !maps.Equal(lines, want) {
		t.Errorf("got %v, expected %v", lines, want)
	}
}

func TestIgnoredFilesAreNotRead(t *testing.T) {
	result, folder := render(t, map[string]string{
		"web/.helmignore":          "ignored\n*.bak\n",
		"web/templates/a.yaml":     configMap(`{{ .Files.Get "x.bak" | quote }}`),
		"web/templates/b.yaml.bak": "not: [yaml",
		"web/x.bak":                "secret",
		"outside":                  "",
	}, func(item *wire.Item) {
		// A link that is ignored may lead anywhere.
		if err := os.Symlink("/etc", filepath.Join(item.Path, "ignored")); err != nil {
			t.Fatal(err)
		}
	})
	if got := dataOf(t, result); got != "" || len(result.Diagnostics) > 0 {
		t.Errorf("%s: got %q, %+v", folder, got, result.Diagnostics)
	}
}

func TestLinksInsideTheRootAreFollowed(t *testing.T) {
	result, _ := render(t, map[string]string{
		"shared/a.yaml":   configMap("linked"),
		"web/values.yaml": "",
	}, func(item *wire.Item) {
		if err := os.Symlink("../shared", filepath.Join(item.Path, "templates")); err != nil {
			t.Fatal(err)
		}
	})
	if got := dataOf(t, result); got != "linked" {
		t.Errorf("got %q", got)
	}
}

func TestTheSameRequestGivesTheSameBytes(t *testing.T) {
	files := map[string]string{
		"web/templates/a.yaml": configMap(`"{{ randAlphaNum 10 }} {{ uuidv4 }} {{ keys (dict "a" 1 "b" 2 "c" 3 "d" 4) }} {{ (genCA "ca" 1).Cert | sha256sum }}"`),
	}
	first, _ := render(t, files, nil)
	second, _ := render(t, files, nil)
	other, _ := render(t, files, func(item *wire.Item) { item.Seed = "other" })
	if dataOf(t, first) != dataOf(t, second) {
		t.Errorf("got %s and then %s", dataOf(t, first), dataOf(t, second))
	}
	if dataOf(t, first) == dataOf(t, other) {
		t.Error("another seed gave the same values")
	}
	for _, text := range strings.Fields(dataOf(t, first))[:2] {
		if !slices.Contains(first.Generated, text) {
			t.Errorf("%s is not listed as generated", text)
		}
	}
}
