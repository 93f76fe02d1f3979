package kustomization

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/manifests"
	"mostik.dev/engine/render/internal/wire"
)

// tree is a kustomization with every base and component below it, read before kustomize reads it:
// kustomize would fetch what is remote, and it says of most errors neither file nor line.
type tree struct {
	root        inside.Root
	files       []kustomizationFile // the one that is built comes first
	manifests   map[string][]documents.Object
	patches     []patch
	texts       map[string]string // of kustomizations and patches, to find what an error speaks of
	diagnostics []wire.Diagnostic
}

// patch holds the objects of a patch; before counts the lines of the file before its first.
type patch struct {
	file    string
	before  int
	objects []documents.Object
}

type kustomizationFile struct {
	path string
	text []byte
	node *yaml.Node
}

// entry is one path that a kustomization names.
type entry struct {
	file         kustomizationFile
	folder       string
	above        []string // the folders being built, from the first to this one
	text         string
	line, column int
	textBefore   int // lines of the file before the first line of an inline text
}

func inspect(folder string, root inside.Root) *tree {
	t := &tree{root: root, manifests: map[string][]documents.Object{}, texts: map[string]string{}}
	t.visit(folder, entry{})
	return t
}

// visit reads the kustomization in a folder; from is the entry that named it, empty for the first.
func (t *tree) visit(folder string, from entry) {
	file, ok := t.open(folder, from)
	if !ok || slices.ContainsFunc(t.files, func(known kustomizationFile) bool { return known.path == file.path }) {
		return
	}
	t.files = append(t.files, file)
	if file.node == nil {
		return
	}
	t.refusePlugins(file)
	t.readInlinePatches(file)
	above := append(slices.Clone(from.above), folder)
	for _, field := range listFields {
		for _, node := range field.nodes(file.node) {
			t.check(field, entry{
				file: file, folder: folder, above: above, text: node.Value,
				line: node.Line, column: node.Column, textBefore: linesBefore(&node),
			})
		}
	}
}

func (t *tree) open(folder string, from entry) (kustomizationFile, bool) {
	var found []string
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err == nil {
			found = append(found, path)
		}
	}
	if len(found) != 1 {
		message := folder + ": no kustomization.yaml in it"
		if len(found) > 1 {
			message = folder + ": several kustomization files in it (" + baseNames(found) + "), expected one"
		}
		t.report(kustomizeError(firstOf(from.file.path, folder), from.line, message))
		return kustomizationFile{}, false
	}
	if err := t.root.Check(found[0]); err != nil {
		t.report(escapeOf(err, from.file.path, from.line, from.column))
		return kustomizationFile{}, false
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.report(kustomizeError(found[0], 0, err.Error()))
		return kustomizationFile{}, false
	}
	return t.parse(kustomizationFile{path: found[0], text: text}), true
}

func (t *tree) parse(file kustomizationFile) kustomizationFile {
	converted, problems := documents.ToJSON(string(file.text))
	for _, problem := range problems {
		t.report(manifests.Diagnostic(file.path, problem))
	}
	t.texts[file.path] = string(file.text)
	var document yaml.Node
	if converted == nil || yaml.Unmarshal(file.text, &document) != nil {
		return file
	}
	if len(document.Content) > 0 {
		if document.Content[0].Kind != yaml.MappingNode {
			t.report(kustomizeError(file.path, document.Content[0].Line, "kustomization: expected a mapping"))
			return file
		}
		file.node = document.Content[0]
	}
	t.checkFields(file)
	return file
}

var unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)

// checkFields reads the file into kustomize's own type, for unknown fields and wrong types.
func (t *tree) checkFields(file kustomizationFile) {
	var fields types.Kustomization
	err := fields.Unmarshal(file.text)
	if err == nil {
		fields.FixKustomization()
		if fields.CheckEmpty() != nil {
			t.report(kustomizeError(file.path, 0, "kustomization: empty, expected resources or another field"))
		}
		return
	}
	if match := unknownField.FindStringSubmatch(err.Error()); match != nil {
		t.report(kustomizeError(file.path, findKey(file.node, match[1]), match[1]+": unknown field of a kustomization"))
		return
	}
	if field, message, ok := documents.WrongType(err); ok {
		keys := strings.Split(field, ".")
		t.report(kustomizeError(file.path, findKey(file.node, keys[len(keys)-1]), field+": "+message))
		return
	}
	t.report(kustomizeError(file.path, 0, strings.TrimPrefix(err.Error(), "invalid Kustomization: ")))
}

func findKey(node *yaml.Node, key string) int {
	if node == nil {
		return 0
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 && child.Value == key {
			return child.Line
		}
		if line := findKey(child, key); line > 0 {
			return line
		}
	}
	return 0
}

// check looks at one path: it must be local, inside the root and there. Bases are visited in turn.
func (t *tree) check(field listField, at entry) {
	if field.inline && isInline(at.text) {
		if field.plugins {
			t.refuseFunctions(at.file.path, at.text, at.textBefore)
		}
		return
	}
	if isRemote(at.text) {
		t.report(wire.Diagnostic{
			Code: "remote-base", Severity: wire.Error, File: at.file.path, Line: at.line, Column: at.column,
			Message: field.name + ": " + at.text + ": comes from the network, expected a path inside the repository; copy it in",
		})
		return
	}
	path := at.text
	if !filepath.IsAbs(path) {
		path = filepath.Join(at.folder, path)
	}
	if err := t.root.Check(path); err != nil {
		t.report(escapeOf(err, at.file.path, at.line, at.column))
		return
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		if !field.globs || !matchesAny(path) {
			d := kustomizeError(at.file.path, at.line, field.name+": "+at.text+": no such file or folder")
			d.Column = at.column
			t.report(d)
		}
		return
	}
	switch {
	case !isFolder(resolved):
		t.readFile(field, path, resolved)
	case field.bases && slices.ContainsFunc(at.above, func(built string) bool { return isBelow(built, resolved) }):
		d := kustomizeError(at.file.path, at.line, field.name+": "+at.text+": leads back to a kustomization that is being built")
		d.Column = at.column
		t.report(d)
	case field.bases:
		t.visit(resolved, at)
	}
}

func isBelow(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+string(filepath.Separator))
}

// readFile reads the objects of a resource, for their lines and for errors that kustomize would not place.
func (t *tree) readFile(field listField, path, resolved string) {
	if !field.objects && !field.patches {
		return
	}
	text, err := os.ReadFile(resolved)
	if err != nil {
		t.report(kustomizeError(path, 0, err.Error()))
		return
	}
	if field.plugins {
		t.refuseFunctions(path, string(text), 0)
		return
	}
	if field.patches {
		t.texts[path] = string(text)
		t.addPatch(path, 0, string(text))
		return
	}
	objects, problems := documents.ReadManifest(string(text))
	for _, problem := range problems {
		t.report(manifests.Diagnostic(path, problem))
	}
	t.manifests[path] = objects
	t.manifests[resolved] = objects
}

// addPatch keeps the objects of a patch; a JSON patch holds none, which is as good.
func (t *tree) addPatch(file string, before int, text string) {
	objects, _ := documents.ReadManifest(text)
	t.patches = append(t.patches, patch{file: file, before: before, objects: objects})
}

func (t *tree) readInlinePatches(file kustomizationFile) {
	for _, path := range [][]string{{"patches", "*", "patch"}, {"patchesStrategicMerge", "*"}} {
		for _, node := range follow(file.node, path) {
			if isInline(node.Value) {
				t.addPatch(file.path, linesBefore(node), node.Value)
			}
		}
	}
}

func (t *tree) report(d wire.Diagnostic) { t.diagnostics = append(t.diagnostics, d) }

// linesBefore counts the lines of the file before the text of a scalar: that of a block begins below its mark.
func linesBefore(node *yaml.Node) int {
	if node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return node.Line
	}
	return node.Line - 1
}

// isInline tells whether an entry holds its object itself instead of naming a file.
func isInline(text string) bool { return strings.Contains(text, "\n") || strings.Contains(text, ": ") }

func matchesAny(pattern string) bool {
	matches, err := filepath.Glob(pattern)
	return err == nil && len(matches) > 0
}

func baseNames(paths []string) string {
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(path)
	}
	return strings.Join(names, ", ")
}

func firstOf(candidates ...string) string {
	for _, candidate := range candidates {
		if candidate != "" {
			return candidate
		}
	}
	return ""
}
