// Package testfiles writes the inputs of tests to disk.
package testfiles

import (
	"os"
	"path/filepath"
	"testing"
)

// Write makes the files in a new folder and returns it, its links resolved.
func Write(t testing.TB, files map[string]string) string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	Add(t, folder, files)
	return folder
}

// Add makes the files below a folder that is there.
func Add(t testing.TB, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
