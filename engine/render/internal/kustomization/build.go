// Package kustomization builds kustomizations as `kubectl kustomize` does, from files below one root only.
package kustomization

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/wire"
)

// oneAtATime guards the OpenAPI schema of kustomize, which is global and set by each build.
var oneAtATime sync.Mutex

// Build returns the objects of the kustomization in the folder, in kustomize's order.
func Build(item wire.Item) wire.Result {
	root, err := inside.New(item.Root)
	if err != nil {
		return failed(kustomizeError("", 0, err.Error()))
	}
	if err := root.Check(item.Path); err != nil {
		return failed(escapeOf(err, "", 0, 0))
	}
	folder, err := filepath.EvalSymlinks(item.Path)
	if err != nil {
		return failed(kustomizeError(item.Path, 0, item.Path+": no such folder, expected a kustomization"))
	}
	tree := inspect(folder, root)
	if wire.Failed(tree.diagnostics) {
		return wire.Result{Diagnostics: tree.diagnostics}
	}
	top := tree.files[0]
	text, hadOrigins, err := withOrigins(top.text)
	if err != nil {
		return failed(kustomizeError(top.path, 0, err.Error()))
	}
	disk := guarded{FileSystem: filesys.MakeFsOnDisk(), root: root, replaced: top.path, text: text}
	built, err := run(disk, folder)
	if err != nil {
		return failed(tree.explain(err))
	}
	result := wire.Result{Diagnostics: tree.diagnostics}
	for _, built := range built.Resources() {
		object, err := tree.object(folder, built, hadOrigins)
		if err != nil {
			return failed(kustomizeError(top.path, 0, err.Error()))
		}
		result.Objects = append(result.Objects, object)
	}
	return result
}

func run(disk filesys.FileSystem, folder string) (resmap.ResMap, error) {
	oneAtATime.Lock()
	defer oneAtATime.Unlock()
	options := krusty.MakeDefaultOptions()
	// Bases may lie anywhere below the root; the file system refuses what does not.
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.PluginConfig = types.DisabledPluginConfig()
	// kubectl sorts by kind as kustomize once did.
	options.Reorder = krusty.ReorderOptionLegacy
	return krusty.MakeKustomizer(options).Run(disk, folder)
}

// object reads one resource, with the file it came from. The origin was asked for by us,
// so it is taken out again unless the kustomization asks for it too.
func (t *tree) object(folder string, built *resource.Resource, hadOrigins bool) (wire.Object, error) {
	place := wire.Object{Keep: built.GetAnnotations()["helm.sh/resource-policy"] == "keep"}
	origin, err := built.GetOrigin()
	if err != nil {
		return place, err
	}
	if origin != nil {
		place.File, place.Line = t.placeOf(folder, origin, built)
	}
	if !hadOrigins {
		if err := built.SetOrigin(nil); err != nil {
			return place, err
		}
	}
	encoded, err := built.MarshalJSON()
	if err != nil {
		return place, err
	}
	place.Object = json.RawMessage(encoded)
	return place, nil
}

// placeOf finds the file and, in it, the object that kustomize started from.
func (t *tree) placeOf(folder string, origin *resource.Origin, built *resource.Resource) (string, int) {
	name := origin.Path
	if name == "" {
		name = origin.ConfiguredIn
	}
	if name == "" {
		return "", 0
	}
	file := filepath.Join(folder, name)
	return file, t.lineOf(file, built)
}

// lineOf finds the object in the file it comes from: the only one of its kind, or the one
// whose name the built object's name (with prefixes and suffixes) holds.
func (t *tree) lineOf(file string, built *resource.Resource) int {
	line, length, ofKind := 0, -1, 0
	candidates := t.manifests[file]
	if len(candidates) == 0 {
		candidates = t.generators(file)
	}
	for _, object := range candidates {
		if object.Kind != built.GetKind() {
			continue
		}
		ofKind++
		if strings.Contains(built.GetName(), object.Name) && len(object.Name) > length {
			line, length = object.Line, len(object.Name)
		} else if ofKind == 1 && length < 0 {
			line = object.Line
		}
	}
	if length < 0 && ofKind > 1 {
		return 0
	}
	return line
}

// generators lists what a kustomization makes itself.
func (t *tree) generators(path string) []documents.Object {
	var made []documents.Object
	for _, file := range t.files {
		if file.path != path || file.node == nil {
			continue
		}
		for field, kind := range map[string]string{"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"} {
			for _, name := range follow(file.node, []string{field, "*", "name"}) {
				made = append(made, documents.Object{Kind: kind, Name: name.Value, Line: name.Line})
			}
		}
	}
	return made
}

func failed(diagnostics ...wire.Diagnostic) wire.Result { return wire.Result{Diagnostics: diagnostics} }

func kustomizeError(file string, line int, message string) wire.Diagnostic {
	return wire.Diagnostic{Code: "kustomize-error", Severity: wire.Error, Message: message, File: file, Line: line}
}

func escapeOf(err error, file string, line, column int) wire.Diagnostic {
	if escape, ok := errors.AsType[inside.Escape](err); ok {
		return escape.Diagnostic(file, line, column)
	}
	return kustomizeError(file, line, err.Error())
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
