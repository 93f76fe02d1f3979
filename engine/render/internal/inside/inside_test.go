package inside

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"mostik.dev/engine/render/internal/testfiles"
)

func TestPathsMayNotLeaveTheRoot(t *testing.T) {
	folder := testfiles.Write(t, map[string]string{"in/a/file": "", "in-other/file": "", "out/file": ""})
	links := map[string]string{
		"in/to-out":     "../out",
		"in/to-a":       "a",
		"in/to-missing": "../out/later",
		"in/to-loop":    "to-loop",
		"to-in":         "in",
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	// The root may itself be reached through a link.
	root, err := New(filepath.Join(folder, "to-in"))
	if err != nil {
		t.Fatal(err)
	}
	for path, allowed := range map[string]bool{
		"in":                  true,
		"in/a/file":           true,
		"in/a/../a/file":      true,
		"in/to-a/file":        true,
		"to-in/a/file":        true,
		"in/not-there/yet":    true,
		"in/to-loop":          true,
		"in/to-out":           false,
		"in/to-out/file":      false,
		"in/to-missing":       false,
		"in/a/../../out/file": false,
		"in-other/file":       false,
		"out/file":            false,
		".":                   false,
		"in/to-out/not/there": false,
	} {
		err := root.Check(filepath.Join(folder, path))
		if allowed && err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if _, ok := errors.AsType[Escape](err); !allowed && !ok {
			t.Errorf("%s: got %v, expected an escape", path, err)
		}
	}
}

func TestWithoutARootEveryPathIsAllowed(t *testing.T) {
	root, err := New("")
	if err != nil || root.Check("/etc/hostname") != nil {
		t.Error("a path was refused")
	}
}

func TestARootMustExist(t *testing.T) {
	if _, err := New(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a root that does not exist was taken")
	}
}
