package chart

import (
	"bytes"
	"errors"
	"os"

	"helm.sh/helm/v4/pkg/chart/v2/loader"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/wire"
)

// mergeValues reads the values files in order and lays the inline values over them, by Helm's own rules.
func mergeValues(files []string, inline map[string]any, root inside.Root) (map[string]any, []wire.Diagnostic) {
	merged := map[string]any{}
	var found []wire.Diagnostic
	for _, file := range files {
		values, wrong := readValues(file, root)
		found = append(found, wrong...)
		merged = loader.MergeMaps(merged, values)
	}
	return loader.MergeMaps(merged, inline), found
}

func readValues(file string, root inside.Root) (map[string]any, []wire.Diagnostic) {
	if err := root.Check(file); err != nil {
		if escape, ok := errors.AsType[inside.Escape](err); ok {
			return nil, []wire.Diagnostic{escape.Diagnostic("", 0, 0)}
		}
		return nil, []wire.Diagnostic{valuesDiagnostic(file, 0, err.Error())}
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, []wire.Diagnostic{valuesDiagnostic(file, 0, file+": no such file, expected a values file")}
	}
	if err != nil {
		return nil, []wire.Diagnostic{valuesDiagnostic(file, 0, err.Error())}
	}
	text = bytes.TrimPrefix(text, byteOrderMark)
	if wrong := checkValues(file, string(text)); len(wrong) > 0 {
		return nil, wrong
	}
	values, err := loader.LoadValues(bytes.NewReader(text))
	if err != nil {
		return nil, []wire.Diagnostic{valuesDiagnostic(file, 0, err.Error())}
	}
	return values, nil
}

// checkValues reports every problem with its line. A repeated key is one: Helm would take the last in silence.
func checkValues(file, text string) []wire.Diagnostic {
	var found []wire.Diagnostic
	for _, document := range documents.Split(text) {
		converted, problems := documents.ToJSON(document.Text)
		for _, problem := range problems {
			found = append(found, wire.Diagnostic{
				Code: problem.Code(), Severity: wire.Error, Message: problem.Message,
				File: file, Line: lineIn(document, problem.Line),
			})
		}
		if len(converted) > 0 && converted[0] != '{' && string(converted) != "null" {
			found = append(found, valuesDiagnostic(file, document.ContentLine(),
				"values file: got "+kindOf(converted)+", expected a mapping"))
		}
	}
	return found
}

func kindOf(converted []byte) string {
	switch converted[0] {
	case '[':
		return "a list"
	case '"':
		return "text"
	default:
		return string(converted)
	}
}

func valuesDiagnostic(file string, line int, message string) wire.Diagnostic {
	return wire.Diagnostic{Code: "values-invalid", Severity: wire.Error, Message: message, File: file, Line: line}
}
