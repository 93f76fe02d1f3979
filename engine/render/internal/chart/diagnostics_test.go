package chart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mostik.dev/engine/render/internal/wire"
)

// wanted is what one diagnostic should say; FOLDER in the message stands for the folder of the test.
type wanted struct {
	code, severity, message, file string
	line, column                  int
}

func (want wanted) check(t *testing.T, folder string, got wire.Diagnostic) {
	t.Helper()
	file, _ := filepath.Rel(folder, got.File)
	if got.File == "" {
		file = ""
	}
	seen := wanted{got.Code, got.Severity, strings.ReplaceAll(got.Message, folder, "FOLDER"), file, got.Line, got.Column}
	if want.severity == "" {
		want.severity = wire.Error
	}
	if seen != want {
		t.Errorf("got      %+v\nexpected %+v", seen, want)
	}
}

type diagnosticTest struct {
	files  map[string]string
	change func(*wire.Item)
	want   []wanted
}

func (test diagnosticTest) run(t *testing.T) wire.Result {
	result, folder := render(t, test.files, test.change)
	if len(result.Diagnostics) != len(test.want) {
		t.Fatalf("got %+v, expected %d diagnostics", result.Diagnostics, len(test.want))
	}
	for i, want := range test.want {
		want.check(t, folder, result.Diagnostics[i])
	}
	return result
}

const templateFile = "web/templates/a.yaml"

func TestTemplateErrorsNameThePlaceAndTheReason(t *testing.T) {
	for name, test := range map[string]diagnosticTest{
		"a value whose parent is not set": {
			files: map[string]string{templateFile: configMap("{{ .Values.image.tag }}")},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: {{ .Values.image.tag }}: .Values.image is not set, so it has no tag; set it or give it a default"}},
		},
		"a failure in an included template": {
			files: map[string]string{
				templateFile:                 configMap(`{{ include "h" . }}`),
				"web/templates/_helpers.tpl": "{{- define \"h\" }}\n  {{ .Values.a.b.c }}\n{{- end }}\n",
			},
			want: []wanted{{code: "template-error", file: "web/templates/_helpers.tpl", line: 2, column: 6,
				message: "web/templates/_helpers.tpl: {{ .Values.a.b.c }}: .Values.a is not set, so it has no b; set it or give it a default (used by web/templates/a.yaml:6)"}},
		},
		"required": {
			files: map[string]string{templateFile: configMap(`{{ required "set the tag: it has no default" .Values.tag }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: set the tag: it has no default"}},
		},
		"fail in an included template": {
			files: map[string]string{
				templateFile:                 configMap(`{{ include "h" . }}`),
				"web/templates/_helpers.tpl": "{{- define \"h\" }}{{ fail \"two\\nlines\" }}{{- end }}\n",
			},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: two\nlines"}},
		},
		"a syntax error": {
			files: map[string]string{templateFile: configMap("a") + "{{ if }}\n"},
			want: []wanted{{code: "template-error", file: templateFile, line: 7,
				message: "web/templates/a.yaml: missing value for if"}},
		},
		"an unknown function": {
			files: map[string]string{templateFile: configMap("{{ toYamll .Values }}")},
			want: []wanted{{code: "template-error", file: templateFile, line: 6,
				message: "web/templates/a.yaml: there is no function toYamll"}},
		},
		"a block that is not closed": {
			files: map[string]string{templateFile: configMap("{{ if true }}")},
			want: []wanted{{code: "template-error", file: templateFile, line: 7,
				message: "web/templates/a.yaml: unexpected EOF"}},
		},
		"a missing template": {
			files: map[string]string{templateFile: configMap(`{{ include "common.names" . }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: `web/templates/a.yaml: {{ include "common.names" . }}: there is no template "common.names"; a dependency may be missing`}},
		},
		"a wrong type": {
			files: map[string]string{
				templateFile:      configMap("{{ .Values.v | upper }}"),
				"web/values.yaml": "v: [1]\n",
			},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 21,
				message: "web/templates/a.yaml: {{ upper }}: got a list, expected text"}},
		},
		"a field of a text": {
			files: map[string]string{
				templateFile:      configMap("{{ .Values.image.tag }}"),
				"web/values.yaml": "image: nginx\n",
			},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: {{ .Values.image.tag }}: .Values.image is not a mapping, so it has no tag"}},
		},
		"a range over a number": {
			files: map[string]string{
				templateFile:      configMap("a") + "{{ range .Values.v }}{{ end }}\n",
				"web/values.yaml": "v: 1.5\n",
			},
			want: []wanted{{code: "template-error", file: templateFile, line: 7, column: 10,
				message: "web/templates/a.yaml: {{ .Values.v }}: got 1.5, expected a list or a mapping to go through"}},
		},
		"a failure inside tpl": {
			files: map[string]string{
				templateFile:      configMap("{{ tpl .Values.t . }}"),
				"web/values.yaml": "t: '{{ .Values.a.b }}'\n",
			},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: {{ .Values.a.b }}: .Values.a is not set, so it has no b; set it or give it a default"}},
		},
		"a host name": {
			files: map[string]string{templateFile: configMap(`{{ getHostByName "db" }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: `web/templates/a.yaml: {{ getHostByName "db" }}: host db: names are not looked up while rendering; give the address as a value`}},
		},
		"a variable of the environment": {
			files: map[string]string{templateFile: configMap(`{{ env "HOME" }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6,
				message: "web/templates/a.yaml: there is no function env"}},
		},
		"a template that is not there": {
			files: map[string]string{templateFile: configMap(`{{ template "none" . }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 18,
				message: `web/templates/a.yaml: {{ template "none" . }}: there is no template "none"; a dependency may be missing`}},
		},
		"a template that includes itself": {
			files: map[string]string{
				templateFile:                 configMap(`{{ include "x" . }}`),
				"web/templates/_helpers.tpl": `{{ define "x" }}{{ include "x" . }}{{ end }}`,
			},
			want: []wanted{{code: "template-error", file: "web/templates/_helpers.tpl", line: 1, column: 20,
				message: `web/templates/_helpers.tpl: {{ include "x" . }}: template "x" includes itself without end (used by web/templates/a.yaml:6)`}},
		},
		"an argument of the wrong type": {
			files: map[string]string{templateFile: configMap(`{{ merge (dict) 3 }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 22,
				message: "web/templates/a.yaml: {{ 3 }}: got 3, expected a mapping"}},
		},
		"a division by zero": {
			files: map[string]string{templateFile: configMap(`{{ div 1 0 }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: {{ div 1 0 }}: integer divide by zero"}},
		},
		"a syntax error in tpl": {
			files: map[string]string{templateFile: configMap(`{{ tpl "{{ nothing }}" . }}`)},
			want: []wanted{{code: "template-error", file: templateFile, line: 6, column: 9,
				message: "web/templates/a.yaml: there is no function nothing"}},
		},
		"a template of a subchart": {
			files: map[string]string{
				"web/charts/sub/Chart.yaml":       "apiVersion: v2\nname: renamed\nversion: 1.0.0\n",
				"web/charts/sub/templates/b.yaml": "{{ .Values.a.b }}\n",
			},
			want: []wanted{{code: "template-error", file: "web/charts/sub/templates/b.yaml", line: 1, column: 4,
				message: "web/charts/renamed/templates/b.yaml: {{ .Values.a.b }}: .Values.a is not set, so it has no b; set it or give it a default"}},
		},
	} {
		t.Run(name, func(t *testing.T) { test.run(t) })
	}
}

func TestOutputThatIsNoObjectIsShown(t *testing.T) {
	for name, test := range map[string]diagnosticTest{
		"a second colon": {
			files: map[string]string{templateFile: configMap("{{ .Values.v }}"), "web/values.yaml": "v: 'a: b'\n"},
			want: []wanted{{code: "yaml-syntax", file: templateFile,
				message: "web/templates/a.yaml: rendered line 6, `x: a: b`: a second `key: value` on one line; quote the text or start a new line"}},
		},
		"the same line in the template": {
			files: map[string]string{templateFile: configMap("a") + "---\n" + configMap("b: c")},
			want: []wanted{{code: "yaml-syntax", file: templateFile, line: 13,
				message: "web/templates/a.yaml: rendered line 13, `x: b: c`: a second `key: value` on one line; quote the text or start a new line"}},
		},
		"text": {
			files: map[string]string{templateFile: "hello\n"},
			want: []wanted{{code: "manifest-invalid", file: templateFile, line: 1,
				message: "web/templates/a.yaml: rendered line 1, `hello`: got text, expected an object with apiVersion and kind"}},
		},
		"a repeated key, which Helm takes": {
			files: map[string]string{templateFile: configMap("a") + "  x: b\n"},
			want: []wanted{{code: "yaml-duplicate-key", severity: wire.Warning, file: templateFile, line: 7,
				message: "web/templates/a.yaml: rendered line 7, `x: b`: \"x\": the key appears twice, expected once"}},
		},
		"a hook that Helm does not know": {
			files: map[string]string{templateFile: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, annotations: {helm.sh/hook: pre-sync}}\n"},
			want: []wanted{{code: "hook-unknown", severity: wire.Warning, file: templateFile,
				message: `web/templates/a.yaml: helm.sh/hook: got event "pre-sync", which Helm does not know, so it leaves the Pod out`}},
		},
		"a CRD file": {
			files: map[string]string{"web/crds/a.yaml": "kind: X\n"},
			want: []wanted{{code: "manifest-invalid", file: "web/crds/a.yaml", line: 1,
				message: "web/crds/a.yaml: apiVersion is missing, expected an object with apiVersion and kind"}},
		},
	} {
		t.Run(name, func(t *testing.T) { test.run(t) })
	}
}

func TestTheExcerptShowsTheLinesAround(t *testing.T) {
	result, _ := render(t, map[string]string{templateFile: configMap("a: b")}, nil)
	got := result.Diagnostics[0].Rendered
	if got == nil || got.First != 4 || got.Line != 6 || strings.Join(got.Lines, "|") != "  name: a|data:|  x: a: b|" {
		t.Errorf("got %+v", got)
	}
}

func TestTheLastOfRepeatedKeysCounts(t *testing.T) {
	result, _ := render(t, map[string]string{templateFile: configMap("a") + "  x: b\n"}, nil)
	if got := dataOf(t, result); got != "b" {
		t.Errorf("got %s", got)
	}
}

func TestChartsThatCannotBeReadAreExplained(t *testing.T) {
	for name, test := range map[string]diagnosticTest{
		"no such folder": {
			change: func(item *wire.Item) { item.Path += "x" },
			want:   []wanted{{code: "chart-not-found", message: "FOLDER/webx: no such file or folder, expected a chart", file: "webx"}},
		},
		"no Chart.yaml": {
			change: func(item *wire.Item) { os.Remove(filepath.Join(item.Path, "Chart.yaml")) },
			want:   []wanted{{code: "chart-not-found", message: "FOLDER/web: no Chart.yaml in it, expected a chart", file: "web"}},
		},
		"no name": {
			files: map[string]string{"web/Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n"},
			want:  []wanted{{code: "chart-invalid", message: "Chart.yaml: name is required", file: "web/Chart.yaml"}},
		},
		"a wrong type in Chart.yaml": {
			files: map[string]string{"web/Chart.yaml": metadata + "dependencies: none\n"},
			want:  []wanted{{code: "chart-invalid", message: "Chart.yaml: dependencies: got text, expected a list", file: "web/Chart.yaml"}},
		},
		"a subchart without a version": {
			files: map[string]string{"web/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\n"},
			want:  []wanted{{code: "chart-invalid", message: "Chart.yaml: version is required", file: "web/charts/sub/Chart.yaml"}},
		},
		"values.yaml that is not YAML": {
			files: map[string]string{"web/values.yaml": "a: 1\nb: c: d\n"},
			want: []wanted{{code: "yaml-syntax", file: "web/values.yaml", line: 2,
				message: "a second `key: value` on one line; quote the text or start a new line"}},
		},
		"values.yaml that is a list": {
			files: map[string]string{"web/values.yaml": "- a\n"},
			want:  []wanted{{code: "chart-invalid", message: "values.yaml: got a list, expected a mapping", file: "web/values.yaml"}},
		},
		"a library": {
			files: map[string]string{"web/Chart.yaml": metadata + "type: library\n"},
			want: []wanted{{code: "chart-invalid", file: "web",
				message: "chart web: type: got library, expected application (a library has nothing to install)"}},
		},
		"a chart of a later format": {
			files: map[string]string{"web/Chart.yaml": "apiVersion: v3\nname: web\nversion: 1.0.0\n"},
			want:  []wanted{{code: "chart-invalid", message: "chart web: apiVersion: got v3, expected v1 or v2", file: "web"}},
		},
		"another Kubernetes": {
			files: map[string]string{"web/Chart.yaml": metadata + "kubeVersion: '>=1.40.0'\n"},
			want:  []wanted{{code: "chart-kube-version", message: "chart web: got Kubernetes v1.36.3, expected >=1.40.0", file: "web"}},
		},
		"values of a subchart that are no mapping": {
			files: map[string]string{
				"web/values.yaml":           "sub: text\n",
				"web/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
			},
			want: []wanted{{code: "values-invalid", file: "web",
				message: "sub: got text, expected a mapping with the values of subchart sub"}},
		},
		"a missing dependency": {
			files: map[string]string{"web/Chart.yaml": metadata + "dependencies:\n- name: redis\n  version: 1.x.x\n  repository: https://example.org\n"},
			want: []wanted{{code: "dependency-missing", file: "web/Chart.yaml", line: 6, column: 3,
				message: "dependency redis 1.x.x of chart web: not in its charts folder; `helm dependency build FOLDER/web` fetches it"}},
		},
		"a file that is no archive": {
			files:  map[string]string{"web.tgz": "text"},
			change: func(item *wire.Item) { item.Path += ".tgz" },
			want: []wanted{{code: "chart-invalid", file: "web.tgz",
				message: "FOLDER/web.tgz: cannot be read as a packed chart (unexpected EOF)"}},
		},
		"a link that leads back": {
			change: func(item *wire.Item) { os.Symlink(".", filepath.Join(item.Path, "loop")) },
			want: []wanted{{code: "chart-invalid", file: "web",
				message: "FOLDER/web/loop: a link that leads back to a folder it lies in"}},
		},
		"a chart outside the root": {
			change: func(item *wire.Item) { item.Root = filepath.Join(item.Path, "templates"); os.Mkdir(item.Root, 0o755) },
			want:   []wanted{{code: "path-leaves-root", message: "FOLDER/web: is outside FOLDER/web/templates"}},
		},
		"a file that leads outside": {
			files: map[string]string{"secret": "s"},
			change: func(item *wire.Item) {
				item.Root = item.Path
				os.Symlink("../secret", filepath.Join(item.Path, "file"))
			},
			want: []wanted{{code: "path-leaves-root", message: "FOLDER/web/file: leads to FOLDER/secret, which is outside FOLDER/web"}},
		},
	} {
		t.Run(name, func(t *testing.T) { test.run(t) })
	}
}

func TestValuesFilesAreChecked(t *testing.T) {
	withFile := func(text string) diagnosticTest {
		return diagnosticTest{
			files: map[string]string{"v.yaml": text},
			change: func(item *wire.Item) {
				item.Files = []string{filepath.Join(filepath.Dir(item.Path), "v.yaml")}
			},
		}
	}
	for name, test := range map[string]struct {
		text string
		want wanted
	}{
		"not YAML":       {"a: 1\n---\nb: c: d\n", wanted{code: "yaml-syntax", file: "v.yaml", line: 3, message: "a second `key: value` on one line; quote the text or start a new line"}},
		"a repeated key": {"a: 1\nb:\n  c: 1\n  c: 2\n", wanted{code: "yaml-duplicate-key", file: "v.yaml", line: 4, message: `"c": the key appears twice, expected once`}},
		"a list":         {"# c\n- a\n", wanted{code: "values-invalid", file: "v.yaml", line: 2, message: "values file: got a list, expected a mapping"}},
	} {
		t.Run(name, func(t *testing.T) {
			check := withFile(test.text)
			check.want = []wanted{test.want}
			check.run(t)
		})
	}
	t.Run("empty", func(t *testing.T) { withFile("# nothing\n").run(t) })
	t.Run("missing", func(t *testing.T) {
		diagnosticTest{
			change: func(item *wire.Item) { item.Files = []string{filepath.Join(item.Root, "none.yaml")} },
			want:   []wanted{{code: "values-invalid", file: "none.yaml", message: "FOLDER/none.yaml: no such file, expected a values file"}},
		}.run(t)
	})
	t.Run("outside", func(t *testing.T) {
		diagnosticTest{
			files: map[string]string{"v.yaml": "a: 1\n"},
			change: func(item *wire.Item) {
				item.Root = item.Path
				item.Files = []string{filepath.Join(filepath.Dir(item.Path), "v.yaml")}
			},
			want: []wanted{{code: "path-leaves-root", message: "FOLDER/v.yaml: is outside FOLDER/web"}},
		}.run(t)
	})
}

const schema = `{
  "type": "object", "additionalProperties": false, "required": ["name"],
  "properties": {
    "name": {"type": "string", "pattern": "^[a-z]+$"},
    "replicas": {"type": "integer", "minimum": 1},
    "mode": {"enum": ["a", "b"]},
    "ports": {"type": "array", "items": {"type": "object", "properties": {"port": {"type": ["integer", "string"]}}}},
    "size": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "Gi$"}]},
    "global": {}, "sub": {}
  }
}`

func TestEachViolationOfTheSchemaIsReported(t *testing.T) {
	result := diagnosticTest{
		files: map[string]string{
			"web/values.schema.json":            schema,
			"web/values.yaml":                   "replicas: 0\nmode: c\nports: [{port: 1}, {port: true}]\nsize: 5Mi\nreplcas: 1\nname: A1\n",
			"web/charts/sub/Chart.yaml":         "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
			"web/charts/sub/values.schema.json": `{"required": ["key"], "properties": {"v": {"type": "string"}}}`,
			"web/charts/sub/values.yaml":        "v: 1\n",
		},
		want: []wanted{
			{code: "values-schema", message: "mode: got c, expected one of a, b"},
			{code: "values-schema", message: `name: got "A1", expected text that matches ^[a-z]+$`},
			{code: "values-schema", message: "ports.1.port: got true or false, expected a whole number or text"},
			{code: "values-schema", message: "replcas: unknown value, the schema has no such key"},
			{code: "values-schema", message: "replicas: got 0, expected at least 1"},
			{code: "values-schema", message: `size: fits none of the allowed forms (got text, expected a whole number; or got "5Mi", expected text that matches Gi$)`},
			{code: "values-schema", message: "sub.key: missing, expected a value"},
			{code: "values-schema", message: "sub.v: got a number, expected text"},
		},
	}.run(t)
	if path := strings.Join(result.Diagnostics[2].Path, "/"); path != "ports/1/port" {
		t.Errorf("got path %s", path)
	}
}

func TestASchemaMayNotReachOut(t *testing.T) {
	for _, reference := range []string{"https://example.org/schema.json", "other.json"} {
		want := "values.schema.json of chart web: it refers to " + reference + ", which is not read while rendering; put the definition into the schema"
		diagnosticTest{
			files: map[string]string{"web/values.schema.json": `{"$ref": "` + reference + `"}`},
			want:  []wanted{{code: "values-schema", file: "web/values.schema.json", message: want}},
		}.run(t)
	}
}

func TestTheUseOfClockAndClusterIsAWarning(t *testing.T) {
	result := diagnosticTest{
		files: map[string]string{
			"web/templates/_helpers.tpl": "{{- define \"pw\" }}\n{{- $s := (lookup \"v1\" \"Secret\" .Release.Namespace \"pw\") }}{{ default \"none\" $s.data }}\n{{- end }}\n",
			templateFile:                 configMap(`"{{ now | date "2006" }} {{ include "pw" . }}"`),
		},
		want: []wanted{
			{code: "now-used", severity: wire.Warning, file: templateFile, line: 6, column: 10,
				message: "web/templates/a.yaml: {{ now }}: the time of day is fixed to 2020-01-01 while rendering, so that nothing changes by itself"},
			{code: "lookup-used", severity: wire.Warning, file: "web/templates/_helpers.tpl", line: 2, column: 12,
				message: "web/templates/_helpers.tpl: {{ lookup }}: no cluster is asked while rendering, so this was answered as not found: v1 Secret ns/pw"},
		},
	}.run(t)
	if got := dataOf(t, result); got != "2020 none" {
		t.Errorf("got %s", got)
	}
}

func TestALookupThatIsNotReachedIsNoWarning(t *testing.T) {
	diagnosticTest{files: map[string]string{
		templateFile: configMap(`a{{ if false }}{{ lookup "v1" "Secret" "a" "b" }}{{ now }}{{ end }}`),
	}}.run(t)
}

func TestADeprecatedChartIsAWarning(t *testing.T) {
	diagnosticTest{
		files: map[string]string{"web/Chart.yaml": metadata + "deprecated: true\n"},
		want:  []wanted{{code: "chart-deprecated", severity: wire.Warning, file: "web", message: "chart web 1.2.3: deprecated by its makers"}},
	}.run(t)
}
