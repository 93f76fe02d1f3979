package kustomization

import (
	"fmt"
	"io/fs"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"mostik.dev/engine/render/internal/inside"
)

// guarded is the disk as kustomize sees it: read-only, nothing outside the root, and one file
// (the kustomization that is built) replaced by a text of ours.
type guarded struct {
	filesys.FileSystem
	root     inside.Root
	replaced string
	text     []byte
}

func (g guarded) ReadFile(path string) ([]byte, error) {
	if err := g.root.Check(path); err != nil {
		return nil, err
	}
	if filepath.Clean(path) == g.replaced {
		return g.text, nil
	}
	return g.FileSystem.ReadFile(path)
}

func (g guarded) Open(path string) (filesys.File, error) {
	if err := g.root.Check(path); err != nil {
		return nil, err
	}
	return g.FileSystem.Open(path)
}

func (g guarded) ReadDir(path string) ([]string, error) {
	if err := g.root.Check(path); err != nil {
		return nil, err
	}
	return g.FileSystem.ReadDir(path)
}

func (g guarded) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	if err := g.root.Check(path); err != nil {
		return "", "", err
	}
	return g.FileSystem.CleanedAbs(path)
}

func (g guarded) IsDir(path string) bool {
	return g.root.Check(path) == nil && g.FileSystem.IsDir(path)
}
func (g guarded) Exists(path string) bool {
	return g.root.Check(path) == nil && g.FileSystem.Exists(path)
}

func (g guarded) Glob(pattern string) ([]string, error) {
	matches, err := g.FileSystem.Glob(pattern)
	var allowed []string
	for _, match := range matches {
		if g.root.Check(match) == nil {
			allowed = append(allowed, match)
		}
	}
	return allowed, err
}

func (g guarded) Walk(path string, walk filepath.WalkFunc) error {
	if err := g.root.Check(path); err != nil {
		return err
	}
	return g.FileSystem.Walk(path, func(found string, info fs.FileInfo, err error) error {
		if escape := g.root.Check(found); escape != nil {
			return escape
		}
		return walk(found, info, err)
	})
}

func (g guarded) Create(path string) (filesys.File, error) { return nil, refuseWrite(path) }
func (g guarded) Mkdir(path string) error                  { return refuseWrite(path) }
func (g guarded) MkdirAll(path string) error               { return refuseWrite(path) }
func (g guarded) RemoveAll(path string) error              { return refuseWrite(path) }
func (g guarded) WriteFile(path string, _ []byte) error    { return refuseWrite(path) }

func refuseWrite(path string) error {
	return fmt.Errorf("%s: nothing is written while rendering", path)
}
