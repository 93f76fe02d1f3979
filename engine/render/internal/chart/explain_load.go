package chart

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	helmchart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	sigsyaml "sigs.k8s.io/yaml"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/wire"
)

// Files of a chart that Helm reads as YAML while loading.
var loadedAsYAML = []string{chartFile, "values.yaml", "Chart.lock", "requirements.yaml", "requirements.lock"}

var (
	unpackingLayer = regexp.MustCompile(`error unpacking subchart \S+ in \S*: `)
	chartField     = regexp.MustCompile(`^validation: (?:chart\.metadata\.)?(.*)$`)
)

// explainLoad finds the place of an error that Helm reports without one.
func (from *source) explainLoad(err error) []wire.Diagnostic {
	var found []wire.Diagnostic
	for _, file := range from.scanned {
		if !atChartLevel.MatchString(file.Name) || !slices.Contains(loadedAsYAML, path.Base(file.Name)) {
			continue
		}
		wrong := yamlProblems(from.fileOf(file.Data), string(file.Data))
		if len(wrong) == 0 {
			wrong = from.contentProblems(file.Name, file.Data)
		}
		found = append(found, wrong...)
	}
	if len(found) > 0 {
		return found
	}
	return []wire.Diagnostic{chartInvalid(from.path, unpackingLayer.ReplaceAllString(err.Error(), ""))}
}

// contentProblems reads one file by itself into what Helm reads it into.
func (from *source) contentProblems(name string, data []byte) []wire.Diagnostic {
	var err error
	switch path.Base(name) {
	case chartFile:
		metadata := &helmchart.Metadata{}
		if err = sigsyaml.Unmarshal(data, metadata); err == nil {
			if metadata.APIVersion == "" {
				metadata.APIVersion = helmchart.APIVersionV1
			}
			err = metadata.Validate()
		}
	case "values.yaml":
		_, err = loader.LoadValues(bytes.NewReader(data))
	default:
		err = sigsyaml.Unmarshal(data, &helmchart.Lock{})
	}
	if err == nil {
		return nil
	}
	return []wire.Diagnostic{chartInvalid(from.fileOf(data), path.Base(name)+": "+plainLoadError(err))}
}

func plainLoadError(err error) string {
	message := err.Error()
	if field, wrong, ok := documents.WrongType(err); ok {
		return strings.TrimPrefix(field+": "+wrong, ": ")
	}
	if field := chartField.FindStringSubmatch(message); field != nil {
		return field[1]
	}
	return message
}

func chartInvalid(file, message string) wire.Diagnostic {
	return wire.Diagnostic{Code: "chart-invalid", Severity: wire.Error, File: file, Message: message}
}

// yamlProblems reports what keeps Helm from reading a file; a repeated key does not.
func yamlProblems(file, text string) []wire.Diagnostic {
	var found []wire.Diagnostic
	for _, document := range documents.Split(text) {
		_, problems := documents.ToJSON(document.Text)
		for _, problem := range problems {
			if problem.Duplicate {
				continue
			}
			found = append(found, wire.Diagnostic{
				Code: "yaml-syntax", Severity: wire.Error, Message: problem.Message,
				File: file, Line: lineIn(document, problem.Line),
			})
		}
	}
	return found
}

func lineIn(document documents.Document, line int) int {
	if line == 0 {
		return document.ContentLine()
	}
	return document.Line + line - 1
}

// checkDependencies reports the charts that Chart.yaml names and charts/ lacks, as Helm demands them.
func (from *source) checkDependencies(loaded *helmchart.Chart) []wire.Diagnostic {
	var missing []wire.Diagnostic
	for i, want := range loaded.Metadata.Dependencies {
		if want == nil || slices.ContainsFunc(loaded.Dependencies(), func(has *helmchart.Chart) bool {
			return has.Name() == want.Name
		}) {
			continue
		}
		file, line, column := from.dependencyPlace(i)
		missing = append(missing, wire.Diagnostic{
			Code: "dependency-missing", Severity: wire.Error, File: file, Line: line, Column: column,
			Message: fmt.Sprintf("dependency %s %s of chart %s: not in its charts folder; `helm dependency build %s` fetches it",
				want.Name, want.Version, loaded.Name(), from.path),
		})
	}
	return missing
}

// dependencyPlace finds the n-th entry of the dependencies in Chart.yaml (requirements.yaml of old charts).
func (from *source) dependencyPlace(index int) (string, int, int) {
	for _, file := range from.scanned {
		if file.Name != chartFile && file.Name != "requirements.yaml" {
			continue
		}
		var root yaml.Node
		if yaml.Unmarshal(file.Data, &root) != nil || len(root.Content) == 0 {
			continue
		}
		fields := root.Content[0].Content
		for i := 0; i+1 < len(fields); i += 2 {
			if fields[i].Value == "dependencies" && index < len(fields[i+1].Content) {
				entry := fields[i+1].Content[index]
				if from.isPacked(file.Data) {
					return from.path, 0, 0
				}
				return from.fileOf(file.Data), entry.Line, entry.Column
			}
		}
	}
	return from.path, 0, 0
}
