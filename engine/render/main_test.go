package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/testfiles"
	"mostik.dev/engine/render/internal/wire"
)

// asProgram makes the test binary behave as the program, so that tests run what users run.
const asProgram = "MOSTIK_RENDER_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// program runs mostik-render with the arguments.
func program(t testing.TB, stdin []byte, args ...string) (stdout, stderr []byte, code int) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(own, args...)
	home := t.TempDir()
	command.Env = []string{asProgram + "=1", "HOME=" + home, "HELM_CACHE_HOME=" + home, "TZ=Asia/Tokyo"}
	command.Stdin = bytes.NewReader(stdin)
	var out, errors bytes.Buffer
	command.Stdout, command.Stderr = &out, &errors
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return out.Bytes(), errors.Bytes(), command.ProcessState.ExitCode()
}

// answer sends the items to the program.
func answer(t testing.TB, items ...wire.Item) ([]wire.Result, []byte) {
	t.Helper()
	request, err := json.Marshal(map[string]any{"version": 1, "kubeVersion": "1.36.3", "items": items})
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := program(t, request, "render")
	if code != 0 || len(stderr) > 0 {
		t.Fatalf("exit %d, stderr %s", code, stderr)
	}
	var response wire.Response
	if err := json.Unmarshal(stdout, &response); err != nil {
		t.Fatal(err)
	}
	return response.Items, stdout
}

func chartItem(t testing.TB, id, path string) wire.Item {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Item{ID: id, Source: "chart", Path: full, ReleaseName: "rel", Namespace: "ns", Seed: "s"}
}

// helmObjects is what `helm template` prints, read as kubectl would.
func helmObjects(t testing.TB, args ...string) []string {
	t.Helper()
	args = append([]string{"helm", "template", "--include-crds", "--kube-version", "1.36.3", "--namespace", "ns", "rel"}, args...)
	stdout, stderr, code := program(t, nil, args...)
	if code != 0 {
		t.Fatalf("helm: %s", stderr)
	}
	objects, problems := documents.ReadManifest(string(stdout))
	if len(problems) > 0 {
		t.Fatalf("%+v in\n%s", problems, stdout)
	}
	var texts []string
	for _, object := range objects {
		texts = append(texts, string(object.JSON))
	}
	return texts
}

func texts(result wire.Result) []string {
	var objects []string
	for _, object := range result.Objects {
		objects = append(objects, string(object.Object))
	}
	return objects
}

func TestChartsRenderAsHelmRendersThem(t *testing.T) {
	more, err := filepath.Abs("testdata/traps/values.more.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		chart  string
		change func(*wire.Item)
		args   []string
	}{
		"YAML traps":              {chart: "testdata/traps"},
		"YAML traps in two files": {"testdata/traps", func(i *wire.Item) { i.Files = []string{more} }, []string{"-f", more}},
		"subcharts, CRDs, hooks":  {chart: "testdata/umbrella"},
		"a condition": {"testdata/umbrella", func(i *wire.Item) {
			i.Values = map[string]any{"cache": map[string]any{"enabled": true}, "replicas": 12345678}
		}, []string{"--set", "cache.enabled=true,replicas=12345678"}},
		"a tag":                   {"testdata/umbrella", func(i *wire.Item) { i.Values = map[string]any{"tags": map[string]any{"sessions": false}} }, []string{"--set", "tags.sessions=false"}},
		"a subchart switched off": {"testdata/umbrella", func(i *wire.Item) { i.Values = map[string]any{"database": map[string]any{"enabled": false}} }, []string{"--set", "database.enabled=false"}},
		"an upgrade":              {"testdata/umbrella", func(i *wire.Item) { i.IsUpgrade = true }, []string{"--is-upgrade"}},
		"a value taken out":       {"testdata/umbrella", func(i *wire.Item) { i.Values = map[string]any{"database": map[string]any{"exported": nil}} }, []string{"--set", "database.exported=null"}},
	} {
		t.Run(name, func(t *testing.T) {
			item := chartItem(t, "a", test.chart)
			if test.change != nil {
				test.change(&item)
			}
			results, _ := answer(t, item)
			got, want := texts(results[0]), helmObjects(t, append([]string{test.chart}, test.args...)...)
			if len(got) != len(want) || len(got) == 0 {
				t.Fatalf("got %d objects, helm %d: %+v", len(got), len(want), results[0].Diagnostics)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("object %d:\ngot  %s\nhelm %s", i, got[i], want[i])
				}
			}
		})
	}
}

func TestAPackedChartRendersAsItsFolder(t *testing.T) {
	folder := t.TempDir()
	if _, stderr, code := program(t, nil, "helm", "package", "testdata/umbrella", "-d", folder); code != 0 {
		t.Fatalf("helm: %s", stderr)
	}
	results, _ := answer(t, chartItem(t, "folder", "testdata/umbrella"), chartItem(t, "packed", filepath.Join(folder, "umbrella-2.0.0.tgz")))
	if !slices.Equal(texts(results[0]), texts(results[1])) || len(results[0].Objects) == 0 {
		t.Errorf("got %v,\nexpected %v", texts(results[1]), texts(results[0]))
	}
}

func TestTheUmbrellaIsDescribed(t *testing.T) {
	results, _ := answer(t, chartItem(t, "a", "testdata/umbrella"))
	folder, _ := filepath.Abs("testdata/umbrella")
	got := map[string]string{}
	for _, object := range results[0].Objects {
		var head struct {
			Kind     string
			Metadata struct{ Name string }
		}
		if err := json.Unmarshal(object.Object, &head); err != nil {
			t.Fatal(err)
		}
		file, _ := filepath.Rel(folder, object.File)
		text := fmt.Sprintf("%s:%d", file, object.Line)
		if object.CRD {
			text += " crd"
		}
		if object.Keep {
			text += " keep"
		}
		if object.Hook != nil {
			text += fmt.Sprintf(" %v %d %v", object.Hook.Events, object.Hook.Weight, object.Hook.DeletePolicies)
		}
		got[head.Kind+" "+head.Metadata.Name] = text
	}
	want := map[string]string{
		"CustomResourceDefinition widgets.mostik.dev": "crds/widget.yaml:2 crd",
		"PersistentVolumeClaim rel-database":          "charts/database/templates/database.yaml:1 keep",
		"ConfigMap config":                            "templates/config.yaml:1",
		"Service sessions":                            "charts/cache.d/templates/cache.yaml:1",
		"Service rel-web":                             "templates/web.yaml:24",
		"Deployment rel-web":                          "templates/web.yaml:2",
		"Job migrate":                                 "templates/hooks.yaml:1 [pre-install pre-upgrade] 5 [before-hook-creation hook-succeeded]",
		"ServiceAccount migrate":                      "templates/hooks.yaml:13 [pre-install] -1 [before-hook-creation]",
		"Pod probe":                                   "templates/hooks.yaml:19 [test] 0 [before-hook-creation]",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got\n%v\nexpected\n%v", got, want)
	}
	if results[0].Notes != "umbrella runs as rel with 2 replicas.\n" {
		t.Errorf("got notes %q", results[0].Notes)
	}
	if !strings.Contains(string(results[0].Values), `"connection":{"host":"database","port":5432}`) {
		t.Errorf("got values %s", results[0].Values)
	}
}

// manyCharts writes 50 charts that draw values and certificates at random.
func manyCharts(t testing.TB) []wire.Item {
	t.Helper()
	var items []wire.Item
	files := map[string]string{}
	for i := range 50 {
		name := fmt.Sprintf("c%02d", i)
		files[name+"/Chart.yaml"] = "apiVersion: v2\nname: " + name + "\nversion: 1.0.0\n"
		files[name+"/templates/a.yaml"] = "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + "}\nstringData:\n  a: {{ randAlphaNum 20 | quote }}\n  b: {{ uuidv4 }}\n  c: '{{ keys .Values }}'\n" +
			"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\n"
		files[name+"/values.yaml"] = "z: 1\ny: 2\nx: 3\nw: 4\n"
	}
	folder := testfiles.Write(t, files)
	for i := range 50 {
		name := fmt.Sprintf("c%02d", i)
		items = append(items, wire.Item{
			ID: name, Source: "chart", Path: filepath.Join(folder, name), Root: folder,
			ReleaseName: "r" + name, Namespace: "ns", Seed: "seed of " + name,
		})
	}
	return items
}

func TestFiftyChartsAreAnsweredInOrderAndAlwaysTheSame(t *testing.T) {
	items := manyCharts(t)
	// One failure among them changes nothing for the others.
	items[20].Path += "-gone"
	items[30].Source = "riddle"
	results, first := answer(t, items...)
	for i, result := range results {
		if result.ID != items[i].ID {
			t.Fatalf("got %s at place %d, expected %s", result.ID, i, items[i].ID)
		}
		failed := i == 20 || i == 30
		if failed != (len(result.Objects) == 0) || failed != wire.Failed(result.Diagnostics) {
			t.Errorf("%s: got %+v", result.ID, result)
		}
	}
	if _, again := answer(t, items...); !bytes.Equal(first, again) {
		t.Error("the second answer has other bytes than the first")
	}
	if results[30].Diagnostics[0].Code != "source-unknown" || results[20].Diagnostics[0].Code != "chart-not-found" {
		t.Errorf("got %+v and %+v", results[20].Diagnostics, results[30].Diagnostics)
	}
}

func TestListsOfAResultAreNeverNull(t *testing.T) {
	_, raw := answer(t, wire.Item{ID: "m", Source: "manifests"})
	if want := `{"version":1,"items":[{"id":"m","objects":[],"generated":[],"diagnostics":[]}]}` + "\n"; string(raw) != want {
		t.Errorf("got %s, expected %s", raw, want)
	}
}

func TestLargeIntegersStayIntegersInTheAnswer(t *testing.T) {
	results, raw := answer(t, chartItem(t, "a", "testdata/traps"))
	for _, want := range []string{`"fromValues":12345678`, `"many":12345678`, `"beyondDouble":9007199254740993`, `"huge":12345678901234567890`} {
		if !bytes.Contains(raw, []byte(want)) {
			t.Errorf("%s is missing in %s", want, raw)
		}
	}
	if !bytes.Contains(results[0].Values, []byte(`"many":12345678`)) {
		t.Errorf("got values %s", results[0].Values)
	}
}

func TestARequestThatCannotBeUnderstoodIsRefused(t *testing.T) {
	for request, want := range map[string]string{
		`{`:                           "mostik-render: request: not understood (unexpected EOF)\n",
		`{"version": 2}`:              "mostik-render: request: version: got 2, expected 1\n",
		`{"version": 1, "tiems": []}`: "mostik-render: request: not understood (json: unknown field \"tiems\")\n",
		`{"version": 1, "items": [{"id": "a", "source": "chart"}]}`:                         "mostik-render: request: kubeVersion: missing, expected a version such as 1.36.3\n",
		`{"version": 1, "kubeVersion": "x", "items": [{"id": "a", "source": "chart"}]}`:     "mostik-render: request: kubeVersion: got x, expected a version such as 1.36.3\n",
		`{"version": 1, "items": [{"id": "a", "source": "m"}, {"id": "a", "source": "m"}]}`: "mostik-render: request: items: id \"a\": expected each item to have an id of its own\n",
	} {
		stdout, stderr, code := program(t, []byte(request), "render")
		if code != exitBadUsage || len(stdout) > 0 || string(stderr) != want {
			t.Errorf("%s: exit %d, stdout %q, stderr %q, expected %q", request, code, stdout, stderr, want)
		}
	}
}

func TestAnUnknownCommandIsRefused(t *testing.T) {
	if _, stderr, code := program(t, nil, "rendr"); code != exitBadUsage || !bytes.HasPrefix(stderr, []byte("mostik-render: rendr: unknown command\n")) {
		t.Errorf("exit %d, stderr %s", code, stderr)
	}
}

func TestVersionNamesTheLibraries(t *testing.T) {
	stdout, _, code := program(t, nil, "version")
	var got version
	if err := json.Unmarshal(stdout, &got); err != nil || code != 0 {
		t.Fatalf("exit %d, %v: %s", code, err, stdout)
	}
	if got.Protocol != wire.Version || !strings.HasPrefix(got.Helm, "v4.") || !strings.HasPrefix(got.Kustomize, "v0.") || !strings.HasPrefix(got.Kubernetes, "v0.") {
		t.Errorf("got %+v", got)
	}
}

func TestRenderingRunsNoProgramAndAsksNoHost(t *testing.T) {
	folder := testfiles.Write(t, map[string]string{
		"k/kustomization.yaml": "resources: [git::https://127.0.0.1:1/a.git, https://127.0.0.1:1/b.yaml]\n",
	})
	results, _ := answer(t, wire.Item{ID: "k", Source: "kustomization", Path: filepath.Join(folder, "k"), Root: folder})
	for _, got := range results[0].Diagnostics {
		if got.Code != "remote-base" {
			t.Errorf("got %+v", got)
		}
	}
	if len(results[0].Diagnostics) != 2 {
		t.Errorf("got %+v", results[0].Diagnostics)
	}
}
