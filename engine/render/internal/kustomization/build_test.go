package kustomization

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/testfiles"
	"mostik.dev/engine/render/internal/wire"
)

const (
	configA = "# note\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	webFile = `apiVersion: v1
kind: Service
metadata: {name: web, annotations: {helm.sh/resource-policy: keep}}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - {name: web, image: nginx, envFrom: [{configMapRef: {name: settings}}]}
`
)

func build(t testing.TB, files map[string]string, path string) (wire.Result, string) {
	t.Helper()
	folder := testfiles.Write(t, files)
	return Build(wire.Item{ID: "k", Path: filepath.Join(folder, path), Root: folder}), folder
}

var overlay = map[string]string{
	"base/kustomization.yaml": "resources: [web.yaml, ../shared]\nconfigMapGenerator:\n- name: other\n  literals: [A=1]\n- name: settings\n  files: [conf=app.conf]\n",
	"base/web.yaml":           webFile,
	"base/app.conf":           "mode: 0644\n",
	"shared/Kustomization":    "resources: [account.yaml]\n",
	"shared/account.yaml":     "\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n",
	"part/kustomization.yml":  "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{pairs: {team: a}}]\n",
	"prod/kustomization.yaml": `namePrefix: prod-
namespace: prod
resources: [../base]
components: [../part]
images: [{name: nginx, newTag: "1.27"}]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 3}
`,
}

func TestOverlaysAreBuiltAndEachObjectKnowsItsFile(t *testing.T) {
	result, folder := build(t, overlay, "prod")
	var got []string
	for _, object := range result.Objects {
		var head struct {
			Kind     string
			Metadata struct {
				Name, Namespace string
				Annotations     map[string]string
				Labels          map[string]string
			}
			Spec struct{ Replicas int }
		}
		if err := json.Unmarshal(object.Object, &head); err != nil {
			t.Fatal(err)
		}
		if head.Metadata.Namespace != "prod" || head.Metadata.Labels["team"] != "a" {
			t.Errorf("got %s", object.Object)
		}
		for key := range head.Metadata.Annotations {
			if strings.HasPrefix(key, "config.kubernetes.io") {
				t.Errorf("%s: the note of its origin is left in the object", head.Metadata.Name)
			}
		}
		if head.Kind == "Deployment" && head.Spec.Replicas != 3 {
			t.Errorf("got %s, expected the patch", object.Object)
		}
		file, _ := filepath.Rel(folder, object.File)
		text := head.Kind + " " + strings.Split(head.Metadata.Name, "-")[1] + " " + file + ":" + string(rune('0'+object.Line))
		if object.Keep {
			text += " keep"
		}
		got = append(got, text)
	}
	want := []string{
		"ServiceAccount runner shared/account.yaml:2",
		"ConfigMap other base/kustomization.yaml:3",
		"ConfigMap settings base/kustomization.yaml:5",
		"Service web base/web.yaml:1 keep",
		"Deployment web base/web.yaml:6",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nexpected\n%s\n%+v", strings.Join(got, "\n"), strings.Join(want, "\n"), result.Diagnostics)
	}
}

func TestBuildingTwiceGivesTheSameBytes(t *testing.T) {
	first, _ := build(t, overlay, "prod")
	for range 5 {
		again, _ := build(t, overlay, "prod")
		for i := range first.Objects {
			if string(first.Objects[i].Object) != string(again.Objects[i].Object) {
				t.Fatalf("got %s and then %s", first.Objects[i].Object, again.Objects[i].Object)
			}
		}
	}
}

// Kustomize reads scalars by rules of its own: `no` stays text where kubectl and Helm take it for false.
func TestScalarsOfResourcesAreReadAsKustomizeReadsThem(t *testing.T) {
	result, _ := build(t, map[string]string{
		"kustomization.yaml": "resources: [a.yaml]\n",
		"a.yaml":             "apiVersion: x.io/v1\nkind: Trap\nmetadata: {name: a}\nspec: {mode: 0644, off: no, many: 12345678, float: 1e3, text: \"0644\"}\n",
	}, ".")
	if len(result.Objects) != 1 {
		t.Fatalf("got %+v", result.Diagnostics)
	}
	want := `"spec":{"float":1000,"many":12345678,"mode":420,"off":"no","text":"0644"}`
	if got := string(result.Objects[0].Object); !strings.Contains(got, want) {
		t.Errorf("got %s, expected %s", got, want)
	}
}

func TestAnOriginThatIsAskedForStays(t *testing.T) {
	result, folder := build(t, map[string]string{
		"kustomization.yaml": "buildMetadata: [originAnnotations]\nresources: [a.yaml]\n", "a.yaml": configA,
	}, ".")
	if got := string(result.Objects[0].Object); !strings.Contains(got, `"config.kubernetes.io/origin":"path: a.yaml\n"`) {
		t.Errorf("got %s", got)
	}
	if result.Objects[0].File != filepath.Join(folder, "a.yaml") || result.Objects[0].Line != 2 {
		t.Errorf("got %s:%d", result.Objects[0].File, result.Objects[0].Line)
	}
}

func TestWhatIsWrongIsReportedAtItsPlace(t *testing.T) {
	type want struct {
		code, message, file string
		line                int
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  []want
	}{
		"remote bases": {
			map[string]string{"kustomization.yaml": "resources:\n- https://github.com/org/repo//base?ref=v1\n- github.com/org/repo\n- git@host:org/repo.git\ncomponents: [\"git::https://x.io/a\"]\n"},
			[]want{
				{"remote-base", "resources: https://github.com/org/repo//base?ref=v1: comes from the network, expected a path inside the repository; copy it in", "kustomization.yaml", 2},
				{"remote-base", "resources: github.com/org/repo: comes from the network, expected a path inside the repository; copy it in", "kustomization.yaml", 3},
				{"remote-base", "resources: git@host:org/repo.git: comes from the network, expected a path inside the repository; copy it in", "kustomization.yaml", 4},
				{"remote-base", "components: git::https://x.io/a: comes from the network, expected a path inside the repository; copy it in", "kustomization.yaml", 5},
			},
		},
		"a remote base below a base": {
			map[string]string{"kustomization.yaml": "resources: [a]\n", "a/kustomization.yaml": "resources: [ssh://git@host/repo]\n"},
			[]want{{"remote-base", "resources: ssh://git@host/repo: comes from the network, expected a path inside the repository; copy it in", "a/kustomization.yaml", 1}},
		},
		"Helm charts": {
			map[string]string{"kustomization.yaml": "resources: []\nhelmCharts:\n- {name: x, repo: https://example.org}\n"},
			[]want{{"plugin-refused", "helmCharts: kustomize would run Helm; give the chart a component of its own", "kustomization.yaml", 2}},
		},
		"programs": {
			map[string]string{
				"kustomization.yaml": "generators: [gen.yaml]\ntransformers:\n- |-\n  apiVersion: x/v1\n  kind: Fn\n  metadata:\n    name: f\n    annotations:\n      config.kubernetes.io/function: |\n        exec: {path: ./x}\n",
				"gen.yaml":           "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: h}\n",
			},
			[]want{
				{"plugin-refused", "HelmChartInflationGenerator: kustomize would run Helm; give the chart a component of its own", "gen.yaml", 1},
				{"plugin-refused", "Fn f: a program that kustomize would run, expected one built into kustomize (apiVersion: builtin)", "kustomization.yaml", 4},
			},
		},
		"paths out of the root": {
			map[string]string{"kustomization.yaml": "resources:\n- ../x\n- /etc/hostname\nsecretGenerator:\n- name: s\n  files: [k=../../etc/passwd]\n"},
			[]want{
				{"path-leaves-root", "PARENT/x: is outside FOLDER", "kustomization.yaml", 2},
				{"path-leaves-root", "/etc/hostname: is outside FOLDER", "kustomization.yaml", 3},
				{"path-leaves-root", "", "kustomization.yaml", 6},
			},
		},
		"a missing file": {
			map[string]string{"kustomization.yaml": "resources:\n- none.yaml\npatches:\n- path: p.yaml\n"},
			[]want{
				{"kustomize-error", "resources: none.yaml: no such file or folder", "kustomization.yaml", 2},
				{"kustomize-error", "patches: p.yaml: no such file or folder", "kustomization.yaml", 4},
			},
		},
		"an object that comes twice": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": configA, "b.yaml": configA},
			[]want{{"kustomize-error", "ConfigMap a: the object comes twice, expected once", "b.yaml", 2}},
		},
		"a patch for nothing": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n", "a.yaml": configA, "p.yaml": strings.ReplaceAll(configA, "{name: a}", "{name: b}")},
			[]want{{"kustomize-error", "patch: ConfigMap b: no such object to patch", "p.yaml", 2}},
		},
		"an inline patch for nothing": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n", "a.yaml": configA},
			[]want{{"kustomize-error", "patch: ConfigMap b: no such object to patch", "kustomization.yaml", 4}},
		},
		"a patch that does not apply": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n    - op: replace\n      path: /data/x\n      value: 1\n", "a.yaml": configA},
			[]want{{"kustomize-error", "replace operation does not apply: doc is missing path: /data/x: missing value", "kustomization.yaml", 6}},
		},
		"a resource that is not YAML": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configA + "data:\n  x: b: c\n"},
			[]want{{"yaml-syntax", "a second `key: value` on one line; quote the text or start a new line", "a.yaml", 6}},
		},
		"a repeated key": {
			map[string]string{"kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configA + "data:\n  x: b\n  x: c\n"},
			[]want{{"yaml-duplicate-key", `"x": the key appears twice, expected once`, "a.yaml", 7}},
		},
		"a kustomization that is not YAML": {
			map[string]string{"kustomization.yaml": "resources:\n- a\n  b: c\n"},
			[]want{{"yaml-syntax", "a second `key: value` on one line; quote the text or start a new line", "kustomization.yaml", 3}},
		},
		"an unknown field": {
			map[string]string{"kustomization.yaml": "namespace: a\nresource: [a.yaml]\n"},
			[]want{{"kustomize-error", "resource: unknown field of a kustomization", "kustomization.yaml", 2}},
		},
		"a wrong type below": {
			map[string]string{"kustomization.yaml": "resources: [b]\n", "b/kustomization.yaml": "\nnamePrefix: 3\nresources: [a.yaml]\n", "b/a.yaml": configA},
			[]want{{"kustomize-error", "namePrefix: got a number, expected text", "b/kustomization.yaml", 2}},
		},
		"an empty kustomization": {
			map[string]string{"kustomization.yaml": "# nothing\n"},
			[]want{{"kustomize-error", "kustomization: empty, expected resources or another field", "kustomization.yaml", 0}},
		},
		"no kustomization in a base": {
			map[string]string{"kustomization.yaml": "resources:\n- b\n", "b/a.yaml": configA},
			[]want{{"kustomize-error", "FOLDER/b: no kustomization.yaml in it", "kustomization.yaml", 2}},
		},
		"two kustomizations in one folder": {
			map[string]string{"kustomization.yaml": "resources: []\n", "Kustomization": "resources: []\n"},
			[]want{{"kustomize-error", "FOLDER: several kustomization files in it (kustomization.yaml, Kustomization), expected one", ".", 0}},
		},
		"a circle": {
			map[string]string{"kustomization.yaml": "resources: [b]\n", "b/kustomization.yaml": "resources:\n- ..\n"},
			[]want{{"kustomize-error", "resources: ..: leads back to a kustomization that is being built", "b/kustomization.yaml", 2}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			result, folder := build(t, test.files, ".")
			if len(result.Diagnostics) != len(test.want) || len(result.Objects) > 0 {
				t.Fatalf("got %+v, expected %d diagnostics", result, len(test.want))
			}
			for i, expected := range test.want {
				got := result.Diagnostics[i]
				file, _ := filepath.Rel(folder, got.File)
				message := strings.ReplaceAll(got.Message, folder, "FOLDER")
				message = strings.ReplaceAll(message, filepath.Dir(folder), "PARENT")
				if expected.message == "" {
					message = ""
				}
				if seen := (want{got.Code, message, file, got.Line}); seen != expected {
					t.Errorf("got      %+v\nexpected %+v", seen, expected)
				}
			}
		})
	}
}

func TestALinkOutOfTheRootIsRefused(t *testing.T) {
	folder := testfiles.Write(t, map[string]string{"in/kustomization.yaml": "resources: [a.yaml]\n", "out/a.yaml": configA})
	if err := os.Symlink("../out/a.yaml", filepath.Join(folder, "in/a.yaml")); err != nil {
		t.Fatal(err)
	}
	result := Build(wire.Item{Path: filepath.Join(folder, "in"), Root: filepath.Join(folder, "in")})
	if len(result.Diagnostics) != 1 || result.Diagnostics[0].Code != "path-leaves-root" || result.Diagnostics[0].Line != 1 {
		t.Errorf("got %+v", result)
	}
}

func TestBasesMayLieBesideTheKustomization(t *testing.T) {
	result, _ := build(t, map[string]string{
		"a/kustomization.yaml": "resources: [../b/a.yaml]\n", "b/a.yaml": configA,
	}, "a")
	if len(result.Objects) != 1 {
		t.Errorf("got %+v", result.Diagnostics)
	}
}

func TestAFolderThatIsNotThereIsNamed(t *testing.T) {
	result, folder := build(t, nil, "none")
	if len(result.Diagnostics) != 1 || result.Diagnostics[0].Message != folder+"/none: no such folder, expected a kustomization" {
		t.Errorf("got %+v", result.Diagnostics)
	}
}

func TestNothingIsWrittenOrReadOutside(t *testing.T) {
	folder := testfiles.Write(t, map[string]string{"in/a": "", "out/b": "secret"})
	root, err := inside.New(filepath.Join(folder, "in"))
	if err != nil {
		t.Fatal(err)
	}
	disk := guarded{FileSystem: filesys.MakeFsOnDisk(), root: root}
	out := filepath.Join(folder, "out/b")
	if _, err := disk.ReadFile(out); err == nil {
		t.Error("a file outside was read")
	}
	if _, err := disk.Open(out); err == nil {
		t.Error("a file outside was opened")
	}
	if _, _, err := disk.CleanedAbs(out); err == nil || disk.Exists(out) || disk.IsDir(filepath.Dir(out)) {
		t.Error("a path outside was seen")
	}
	if found, _ := disk.Glob(filepath.Join(folder, "out/*")); len(found) > 0 {
		t.Errorf("got %v", found)
	}
	added := filepath.Join(folder, "in/new")
	if disk.WriteFile(added, nil) == nil || disk.MkdirAll(added) == nil || disk.RemoveAll(filepath.Join(folder, "in")) == nil {
		t.Error("something was written")
	}
}
