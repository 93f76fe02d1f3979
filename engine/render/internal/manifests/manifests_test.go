package manifests

import (
	"path/filepath"
	"testing"

	"mostik.dev/engine/render/internal/testfiles"
	"mostik.dev/engine/render/internal/wire"
)

func read(t testing.TB, files map[string]string, paths ...string) (wire.Result, string) {
	t.Helper()
	folder := testfiles.Write(t, files)
	item := wire.Item{Root: folder}
	for _, path := range paths {
		item.Paths = append(item.Paths, filepath.Join(folder, path))
	}
	return Read(item), folder
}

const account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, annotations: {helm.sh/resource-policy: keep, helm.sh/hook: pre-install}}\n"

func TestObjectsComeInTheOrderOfTheFiles(t *testing.T) {
	result, folder := read(t, map[string]string{
		"b.yaml": "\xEF\xBB\xBF# note\n" + account + "---\n" + account,
		"a.json": `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}`,
	}, "b.yaml", "a.json")
	if len(result.Objects) != 3 || len(result.Diagnostics) > 0 {
		t.Fatalf("got %+v", result)
	}
	for i, want := range []struct {
		file string
		line int
	}{{"b.yaml", 2}, {"b.yaml", 6}, {"a.json", 1}} {
		if got := result.Objects[i]; got.File != filepath.Join(folder, want.file) || got.Line != want.line {
			t.Errorf("got %s:%d, expected %+v", got.File, got.Line, want)
		}
	}
	if !result.Objects[0].Keep || result.Objects[0].Hook != nil {
		t.Errorf("got %+v, expected to be kept and, outside a chart, to be no hook", result.Objects[0])
	}
}

func TestEveryProblemOfEveryFileIsReported(t *testing.T) {
	result, folder := read(t, map[string]string{
		"a.yaml": account + "x: a: b\n",
		"b.yaml": "- a\n",
	}, "a.yaml", "b.yaml", "none.yaml", ".", "../x.yaml")
	want := []wire.Diagnostic{
		{Code: "yaml-syntax", File: filepath.Join(folder, "a.yaml"), Line: 4, Message: "a second `key: value` on one line; quote the text or start a new line"},
		{Code: "manifest-invalid", File: filepath.Join(folder, "b.yaml"), Line: 1, Message: "got a list, expected an object with apiVersion and kind"},
		{Code: "manifest-invalid", File: filepath.Join(folder, "none.yaml"), Message: folder + "/none.yaml: no such file, expected a manifest"},
		{Code: "manifest-invalid", File: folder, Message: folder + ": a folder, expected a manifest"},
		{Code: "path-leaves-root", Message: filepath.Dir(folder) + "/x.yaml: is outside " + folder},
	}
	if len(result.Diagnostics) != len(want) || len(result.Objects) > 0 {
		t.Fatalf("got %+v", result)
	}
	for i, expected := range want {
		got := result.Diagnostics[i]
		if got.Code != expected.Code || got.File != expected.File || got.Line != expected.Line || got.Message != expected.Message {
			t.Errorf("got      %+v\nexpected %+v", got, expected)
		}
	}
}
