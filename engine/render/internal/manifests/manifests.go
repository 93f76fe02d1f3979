// Package manifests reads plain manifest files.
package manifests

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/wire"
)

// Read returns the objects of the files, in the order of files and documents.
func Read(item wire.Item) wire.Result {
	root, err := inside.New(item.Root)
	if err != nil {
		return wire.Result{Diagnostics: []wire.Diagnostic{invalid("", err.Error())}}
	}
	var result wire.Result
	for _, file := range item.Paths {
		readFile(file, root, &result)
	}
	if wire.Failed(result.Diagnostics) {
		result.Objects = nil
	}
	return result
}

func readFile(file string, root inside.Root, result *wire.Result) {
	if err := root.Check(file); err != nil {
		if escape, ok := errors.AsType[inside.Escape](err); ok {
			result.Diagnostics = append(result.Diagnostics, escape.Diagnostic("", 0, 0))
			return
		}
		result.Diagnostics = append(result.Diagnostics, invalid(file, err.Error()))
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		result.Diagnostics = append(result.Diagnostics, invalid(file, file+": "+reasonOf(file, err)+", expected a manifest"))
		return
	}
	objects, problems := documents.ReadManifest(string(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))))
	for _, problem := range problems {
		result.Diagnostics = append(result.Diagnostics, Diagnostic(file, problem))
	}
	for _, object := range objects {
		result.Objects = append(result.Objects, wire.Object{
			Object: object.JSON, File: file, Line: object.Line,
			Keep: object.Annotations["helm.sh/resource-policy"] == "keep",
		})
	}
}

// Diagnostic places a problem of a manifest in its file.
func Diagnostic(file string, problem documents.Problem) wire.Diagnostic {
	return wire.Diagnostic{
		Code: problem.Code(), Severity: wire.Error, Message: problem.Message, File: file, Line: problem.Line,
	}
}

func reasonOf(file string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "no such file"
	}
	if info, statErr := os.Stat(file); statErr == nil && info.IsDir() {
		return "a folder"
	}
	return err.Error()
}

func invalid(file, message string) wire.Diagnostic {
	return wire.Diagnostic{Code: "manifest-invalid", Severity: wire.Error, Message: message, File: file}
}
