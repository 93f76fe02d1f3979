package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"mostik.dev/engine/render/internal/testfiles"
	"mostik.dev/engine/render/internal/wire"
)

// mixed asks for charts, kustomizations and manifests by turns.
func mixed(t testing.TB) []wire.Item {
	t.Helper()
	folder := testfiles.Write(t, map[string]string{
		"chart/Chart.yaml":          "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"chart/values.yaml":         "a: {b: [1, 2]}\n",
		"chart/values.schema.json":  `{"properties": {"a": {"type": "object"}}}`,
		"chart/templates/a.yaml":    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\ndata: {x: '{{ randAlphaNum 9 }} {{ now | date \"2006\" }} {{ toJson .Values }}'}\n",
		"custom/kustomization.yaml": "namePrefix: a-\nresources: [../shared]\nconfigMapGenerator: [{name: c, literals: [A=1]}]\n",
		"shared/kustomization.yaml": "resources: [account.yaml]\n",
		"shared/account.yaml":       "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n",
	})
	var items []wire.Item
	for i := range 24 {
		item := wire.Item{ID: fmt.Sprint(i), Root: folder, ReleaseName: fmt.Sprintf("r%d", i), Seed: fmt.Sprint(i)}
		switch i % 3 {
		case 0:
			item.Source, item.Path = "chart", filepath.Join(folder, "chart")
		case 1:
			item.Source, item.Path = "kustomization", filepath.Join(folder, "custom")
		default:
			item.Source, item.Paths = "manifests", []string{filepath.Join(folder, "shared/account.yaml")}
		}
		items = append(items, item)
	}
	return items
}

func ask(t testing.TB, items ...wire.Item) []wire.Result {
	t.Helper()
	request, err := json.Marshal(map[string]any{"version": 1, "kubeVersion": "v1.36", "apiVersions": []string{"x.io/v1"}, "items": items})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Answer(t.Context(), bytes.NewReader(request), &out); err != nil {
		t.Fatal(err)
	}
	var response wire.Response
	if err := json.Unmarshal(out.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	return response.Items
}

func TestItemsTogetherGiveWhatEachGivesAlone(t *testing.T) {
	items := mixed(t)
	together := ask(t, items...)
	for i, item := range items {
		alone := ask(t, item)[0]
		want, _ := json.Marshal(alone)
		got, _ := json.Marshal(together[i])
		if !bytes.Equal(got, want) || len(alone.Objects) == 0 {
			t.Errorf("%s: got\n%s\nexpected\n%s", item.ID, got, want)
		}
	}
}

func TestErrorsComeBeforeWarnings(t *testing.T) {
	result := complete(wire.Item{ID: "a"}, wire.Result{
		Objects:     []wire.Object{{}},
		Diagnostics: []wire.Diagnostic{{Severity: wire.Warning}, {Severity: wire.Error}},
	})
	if result.Diagnostics[0].Severity != wire.Error || len(result.Objects) != 0 {
		t.Errorf("got %+v", result)
	}
}
