package kustomization

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/wire"
)

// listField is a field of a kustomization that names files or folders.
type listField struct {
	name    string
	path    []string // keys to follow; "*" is every item of a list
	bases   bool     // folders are kustomizations of their own
	objects bool     // files hold objects
	inline  bool     // an entry may hold the object itself
	plugins bool     // objects are generators or transformers
	patches bool     // files hold patches
	globs   bool     // an entry may be a pattern
	keyed   bool     // an entry may be KEY=PATH
}

var listFields = []listField{
	{name: "resources", path: []string{"resources", "*"}, bases: true, objects: true},
	{name: "bases", path: []string{"bases", "*"}, bases: true, objects: true},
	{name: "components", path: []string{"components", "*"}, bases: true},
	{name: "crds", path: []string{"crds", "*"}},
	{name: "configurations", path: []string{"configurations", "*"}},
	{name: "generators", path: []string{"generators", "*"}, bases: true, objects: true, inline: true, plugins: true},
	{name: "transformers", path: []string{"transformers", "*"}, bases: true, objects: true, inline: true, plugins: true},
	{name: "validators", path: []string{"validators", "*"}, bases: true, objects: true, inline: true, plugins: true},
	{name: "patches", path: []string{"patches", "*", "path"}, globs: true, patches: true},
	{name: "patchesStrategicMerge", path: []string{"patchesStrategicMerge", "*"}, inline: true, globs: true, patches: true},
	{name: "patchesJson6902", path: []string{"patchesJson6902", "*", "path"}, patches: true},
	{name: "replacements", path: []string{"replacements", "*", "path"}},
	{name: "openapi", path: []string{"openapi", "path"}},
	{name: "configMapGenerator.files", path: []string{"configMapGenerator", "*", "files", "*"}, keyed: true},
	{name: "configMapGenerator.envs", path: []string{"configMapGenerator", "*", "envs", "*"}},
	{name: "configMapGenerator.env", path: []string{"configMapGenerator", "*", "env"}},
	{name: "secretGenerator.files", path: []string{"secretGenerator", "*", "files", "*"}, keyed: true},
	{name: "secretGenerator.envs", path: []string{"secretGenerator", "*", "envs", "*"}},
	{name: "secretGenerator.env", path: []string{"secretGenerator", "*", "env"}},
}

// nodes returns the scalars that the field holds.
func (f listField) nodes(mapping *yaml.Node) []yaml.Node {
	var found []yaml.Node
	for _, node := range follow(mapping, f.path) {
		if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
			continue
		}
		scalar := *node
		if f.keyed {
			if _, path, ok := strings.Cut(scalar.Value, "="); ok {
				scalar.Value = path
			}
		}
		found = append(found, scalar)
	}
	return found
}

func follow(node *yaml.Node, path []string) []*yaml.Node {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if len(path) == 0 {
		return []*yaml.Node{node}
	}
	var found []*yaml.Node
	switch {
	case path[0] == "*" && node.Kind == yaml.SequenceNode:
		for _, item := range node.Content {
			found = append(found, follow(item, path[1:])...)
		}
	case node.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == path[0] {
				found = append(found, follow(node.Content[i+1], path[1:])...)
			}
		}
	}
	return found
}

// Fields that make kustomize run Helm.
var helmFields = []string{"helmCharts", "helmChartInflationGenerator", "helmGlobals"}

func (t *tree) refusePlugins(file kustomizationFile) {
	for i := 0; i+1 < len(file.node.Content); i += 2 {
		key := file.node.Content[i]
		for _, field := range helmFields {
			if key.Value == field {
				t.report(pluginRefused(file.path, key.Line, field+": kustomize would run Helm; give the chart a component of its own"))
			}
		}
	}
}

// refuseFunctions reports generators and transformers that are not built into kustomize: they are programs.
func (t *tree) refuseFunctions(path, text string, before int) {
	objects, problems := documents.ReadManifest(text)
	for _, problem := range problems {
		t.report(wire.Diagnostic{
			Code: problem.Code(), Severity: wire.Error, Message: problem.Message,
			File: path, Line: problem.Line + before,
		})
	}
	for _, object := range objects {
		line := object.Line + before
		switch {
		case object.APIVersion == "builtin" && object.Kind == "HelmChartInflationGenerator":
			t.report(pluginRefused(path, line, object.Kind+": kustomize would run Helm; give the chart a component of its own"))
		case object.APIVersion != "builtin":
			t.report(pluginRefused(path, line, object.Kind+" "+object.Name+": a program that kustomize would run, expected one built into kustomize (apiVersion: builtin)"))
		}
	}
}

func pluginRefused(file string, line int, message string) wire.Diagnostic {
	return wire.Diagnostic{Code: "plugin-refused", Severity: wire.Error, Message: message, File: file, Line: line}
}

var (
	remoteScheme = regexp.MustCompile(`(?i)^(?:git::)?(?:[a-z][a-z0-9+.-]*://)`)
	// user@host:path and github.com/path are what kustomize takes for Git without a scheme.
	remoteSCP    = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*@[^/]+[:/]`)
	remoteGithub = regexp.MustCompile(`(?i)^(?:git::)?github\.com[/:]`)
)

func isRemote(path string) bool {
	return remoteScheme.MatchString(path) || remoteSCP.MatchString(path) || remoteGithub.MatchString(path) ||
		strings.HasPrefix(strings.ToLower(path), "git::")
}
