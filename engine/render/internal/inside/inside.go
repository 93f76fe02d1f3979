// Package inside keeps every path that a render reads below one folder, symbolic links resolved.
package inside

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mostik.dev/engine/render/internal/wire"
)

// Root is a folder no path may leave. Its zero value allows every path.
type Root struct{ resolved string }

// Escape is the error of a path that leads out of the root.
type Escape struct{ Path, Resolved, Root string }

func (e Escape) Error() string {
	if e.Resolved != e.Path {
		return fmt.Sprintf("%s: leads to %s, which is outside %s", e.Path, e.Resolved, e.Root)
	}
	return fmt.Sprintf("%s: is outside %s", e.Path, e.Root)
}

// Diagnostic names the path at the place that mentions it.
func (e Escape) Diagnostic(file string, line, column int) wire.Diagnostic {
	return wire.Diagnostic{
		Code: "path-leaves-root", Severity: wire.Error, Message: e.Error(),
		File: file, Line: line, Column: column,
	}
}

// New resolves the folder; an empty path gives a Root that allows everything.
func New(path string) (Root, error) {
	if path == "" {
		return Root{}, nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return Root{}, err
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return Root{}, fmt.Errorf("%s: the root folder does not exist", path)
	}
	return Root{resolved: resolved}, nil
}

// Check returns an Escape where the path, its links followed, is not below the root.
func (r Root) Check(path string) error {
	if r.resolved == "" {
		return nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	resolved := resolveExisting(absolute)
	if resolved == r.resolved || strings.HasPrefix(resolved, withSeparator(r.resolved)) {
		return nil
	}
	return Escape{Path: path, Resolved: resolved, Root: r.resolved}
}

// longestLinkChain ends a loop of links that resolve to each other.
const longestLinkChain = 40

// resolveExisting follows the links of the part of the path that exists, so that
// a missing file behind a link that leads outside is an escape too.
func resolveExisting(path string) string {
	return resolveLinks(path, longestLinkChain)
}

func resolveLinks(path string, left int) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	if target, err := os.Readlink(path); err == nil && left > 0 {
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		return resolveLinks(target, left-1)
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolveLinks(parent, left), filepath.Base(path))
}

func withSeparator(folder string) string {
	if strings.HasSuffix(folder, string(filepath.Separator)) {
		return folder
	}
	return folder + string(filepath.Separator)
}
