// Package chart renders Helm charts with Helm's own engine, without a cluster, a network or a clock.
package chart

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	helmchart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"

	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/wire"
)

const chartFile = "Chart.yaml"

// source remembers where the bytes of a chart come from. Helm names files by the names of charts,
// which need not be those of folders, so a file is known by its bytes, which Helm passes on as they are.
type source struct {
	path    string
	root    inside.Root
	paths   map[*byte]string
	inTgz   map[*byte]bool
	scanned []*archive.BufferedFile
	budget  *archive.BudgetedReader
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// load reads a chart from a folder or an archive. It reads the files itself, rather than by Helm's loader,
// to refuse links that leave the root and to know every file's path.
func load(chartPath string, root inside.Root) (*helmchart.Chart, *source, []wire.Diagnostic) {
	from := &source{
		path: chartPath, root: root,
		paths: map[*byte]string{}, inTgz: map[*byte]bool{},
		budget: archive.NewBudgetedReader(archive.MaxDecompressedChartSize),
	}
	if err := from.read(); err != nil {
		return nil, nil, []wire.Diagnostic{loadDiagnostic(chartPath, err)}
	}
	if !slices.ContainsFunc(from.scanned, func(f *archive.BufferedFile) bool { return f.Name == chartFile }) {
		return nil, nil, []wire.Diagnostic{{
			Code: "chart-not-found", Severity: wire.Error, File: chartPath,
			Message: fmt.Sprintf("%s: no %s in it, expected a chart", chartPath, chartFile),
		}}
	}
	// LoadFiles renames the files of subcharts in place, so it gets copies.
	files := make([]*archive.BufferedFile, len(from.scanned))
	for i, file := range from.scanned {
		copied := *file
		files[i] = &copied
	}
	loaded, err := loader.LoadFiles(files)
	if err != nil {
		return nil, nil, from.explainLoad(err)
	}
	if wrong := checkKind(loaded, from); wrong != nil {
		return nil, nil, []wire.Diagnostic{*wrong}
	}
	sortDependencies(loaded)
	return loaded, from, nil
}

// checkKind refuses what Helm cannot install.
func checkKind(loaded *helmchart.Chart, from *source) *wire.Diagnostic {
	message := ""
	switch version := loaded.Metadata.APIVersion; {
	case version != helmchart.APIVersionV1 && version != helmchart.APIVersionV2:
		message = fmt.Sprintf("chart %s: apiVersion: got %s, expected v1 or v2", loaded.Name(), version)
	case loaded.Metadata.Type == "library":
		message = fmt.Sprintf("chart %s: type: got library, expected application (a library has nothing to install)", loaded.Name())
	default:
		return nil
	}
	wrong := chartInvalid(from.path, message)
	return &wrong
}

// sortDependencies gives the subcharts one order: Helm leaves them in that of a Go map.
func sortDependencies(loaded *helmchart.Chart) {
	dependencies := slices.Clone(loaded.Dependencies())
	slices.SortStableFunc(dependencies, func(a, b *helmchart.Chart) int {
		return strings.Compare(a.Name()+"@"+a.Metadata.Version, b.Name()+"@"+b.Metadata.Version)
	})
	loaded.SetDependencies(dependencies...)
	for _, dependency := range dependencies {
		sortDependencies(dependency)
	}
}

func (from *source) read() error {
	if err := from.root.Check(from.path); err != nil {
		return err
	}
	info, err := os.Stat(from.path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return from.readFolder()
	}
	data, err := os.ReadFile(from.path)
	if err != nil {
		return err
	}
	return from.unpack(data, "", from.path)
}

func (from *source) readFolder() error {
	rules := ignore.Empty()
	ignoreFile := filepath.Join(from.path, ignore.HelmIgnore)
	if _, err := os.Stat(ignoreFile); err == nil {
		if err := from.root.Check(ignoreFile); err != nil {
			return err
		}
		if rules, err = ignore.ParseFile(ignoreFile); err != nil {
			return fmt.Errorf("%s: %w", ignoreFile, err)
		}
	}
	rules.AddDefaults()
	return from.walk("", rules, nil)
}

// walk adds the files of one folder, in the order of Helm's loader. Links are followed where they stay inside.
func (from *source) walk(folder string, rules *ignore.Rules, above []string) error {
	resolved, err := filepath.EvalSymlinks(filepath.Join(from.path, folder))
	if err != nil {
		return err
	}
	if slices.Contains(above, resolved) {
		return fmt.Errorf("%s: a link that leads back to a folder it lies in", filepath.Join(from.path, folder))
	}
	entries, err := os.ReadDir(resolved)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		full := filepath.Join(from.path, filepath.FromSlash(name))
		info, err := os.Stat(full)
		if err != nil {
			return err
		}
		if rules.Ignore(name, info) {
			continue
		}
		if err := from.root.Check(full); err != nil {
			return err
		}
		if info.IsDir() {
			err = from.walk(name, rules, append(slices.Clone(above), resolved))
		} else {
			err = from.readFile(name, full, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (from *source) readFile(name, full string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: not a regular file", full)
	}
	data, err := from.budget.ReadFileWithBudget(full, info.Size())
	if err != nil {
		return err
	}
	if packedSubchart.MatchString(name) {
		return from.unpack(data, strings.TrimSuffix(name, ".tgz")+".unpacked/", full)
	}
	from.add(name, bytes.TrimPrefix(data, byteOrderMark), full, false)
	return nil
}

// Charts lie in charts/ of a chart; what is called so elsewhere is a file like any other.
var (
	packedSubchart = regexp.MustCompile(`^(?:charts/[^/]+/)*charts/[^/_.][^/]*\.tgz$`)
	atChartLevel   = regexp.MustCompile(`^(?:charts/[^/]+/)*[^/]+$`)
)

// unpack adds the files of an archive as if they lay in a folder, so that each is known to come from it.
func (from *source) unpack(data []byte, folder, archivePath string) error {
	files, err := archive.LoadArchiveFiles(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("%s: cannot be read as a packed chart (%w)", archivePath, err)
	}
	for _, file := range files {
		if packedSubchart.MatchString(file.Name) {
			nested := folder + strings.TrimSuffix(file.Name, ".tgz") + ".unpacked/"
			if err := from.unpack(file.Data, nested, archivePath); err != nil {
				return err
			}
			continue
		}
		from.add(folder+file.Name, file.Data, archivePath, true)
	}
	return nil
}

func (from *source) add(name string, data []byte, full string, packed bool) {
	from.scanned = append(from.scanned, &archive.BufferedFile{Name: name, Data: data})
	if len(data) > 0 {
		from.paths[&data[0]] = full
		from.inTgz[&data[0]] = packed
	}
}

// fileOf is the path on disk that the bytes come from: the archive, for a packed chart.
func (from *source) fileOf(data []byte) string {
	if len(data) == 0 {
		return from.path
	}
	if known, ok := from.paths[&data[0]]; ok {
		return known
	}
	return from.path
}

// isPacked tells whether the bytes come out of an archive, where a line number points nowhere.
func (from *source) isPacked(data []byte) bool { return len(data) > 0 && from.inTgz[&data[0]] }

func loadDiagnostic(chartPath string, err error) wire.Diagnostic {
	if escape, ok := errors.AsType[inside.Escape](err); ok {
		return escape.Diagnostic("", 0, 0)
	}
	if errors.Is(err, fs.ErrNotExist) {
		missing := chartPath
		if pathError, ok := errors.AsType[*fs.PathError](err); ok {
			missing = pathError.Path
		}
		return wire.Diagnostic{
			Code: "chart-not-found", Severity: wire.Error, File: chartPath,
			Message: missing + ": no such file or folder, expected a chart",
		}
	}
	return chartInvalid(chartPath, err.Error())
}
