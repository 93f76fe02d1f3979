package chart

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	helmchart "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"

	"mostik.dev/engine/render/internal/inside"
	"mostik.dev/engine/render/internal/seeded"
	"mostik.dev/engine/render/internal/wire"
)

const notesFile = "NOTES.txt"

// Render turns one chart into objects, in the order in which Helm would print them:
// CRDs, objects by kind, hooks by kind.
func Render(ctx context.Context, item wire.Item, capabilities *common.Capabilities) wire.Result {
	root, err := inside.New(item.Root)
	if err != nil {
		return failed(chartInvalid("", err.Error()))
	}
	loaded, from, wrong := load(item.Path, root)
	if len(wrong) > 0 {
		return failed(wrong...)
	}
	values, found := mergeValues(item.Files, item.Values, root)
	found = append(found, from.checkDependencies(loaded)...)
	if wire.Failed(found) {
		return withChart(failed(found...), loaded)
	}
	if wrong := from.prepare(loaded, values, capabilities); wrong != nil {
		return withChart(failed(*wrong), loaded)
	}
	scope, err := util.ToRenderValuesWithSchemaValidation(loaded, values, releaseOf(item), capabilities, true)
	if err != nil {
		return withChart(failed(from.explainValues(err)), loaded)
	}
	return withChart(from.execute(ctx, loaded, scope, seeded.NewSource(item.Seed)), loaded)
}

func releaseOf(item wire.Item) common.ReleaseOptions {
	return common.ReleaseOptions{
		Name: item.ReleaseName, Namespace: item.Namespace, Revision: 1,
		IsInstall: !item.IsUpgrade, IsUpgrade: item.IsUpgrade,
	}
}

// prepare switches subcharts on and off and checks that the chart fits the Kubernetes version.
func (from *source) prepare(loaded *helmchart.Chart, values map[string]any, capabilities *common.Capabilities) *wire.Diagnostic {
	if err := chartutil.ProcessDependencies(loaded, values); err != nil {
		wrong := from.explainValues(err)
		return &wrong
	}
	want := loaded.Metadata.KubeVersion
	if want == "" || chartutil.IsCompatibleRange(want, capabilities.KubeVersion.String()) {
		return nil
	}
	return &wire.Diagnostic{
		Code: "chart-kube-version", Severity: wire.Error, File: from.path,
		Message: fmt.Sprintf("chart %s: got Kubernetes %s, expected %s", loaded.Name(), capabilities.KubeVersion.Version, want),
	}
}

// subchartValues is how Helm says that the values of a subchart are no mapping.
var subchartValues = regexp.MustCompile(`(?s)^type mismatch on ([^:]+): (?:%!t\(\S+=)?(.*?)\)?$`)

func (from *source) explainValues(err error) wire.Diagnostic {
	match := subchartValues.FindStringSubmatch(err.Error())
	if match == nil {
		return chartInvalid(from.path, err.Error())
	}
	return wire.Diagnostic{
		Code: "values-invalid", Severity: wire.Error, File: from.path, Path: []string{match[1]},
		Message: fmt.Sprintf("%s: got %s, expected a mapping with the values of subchart %s", match[1], match[2], match[1]),
	}
}

func (from *source) execute(ctx context.Context, loaded *helmchart.Chart, scope common.Values, random *seeded.Source) wire.Result {
	values, ok := scope["Values"].(common.Values)
	if !ok {
		return failed(chartInvalid(from.path, fmt.Sprintf("values: got %T, expected a mapping", scope["Values"])))
	}
	if wrong := from.checkSchema(loaded, values, nil); len(wrong) > 0 {
		return failed(wrong...)
	}
	// Taken before rendering: a template may change what it is given.
	seen, err := json.Marshal(values)
	if err != nil {
		return failed(chartInvalid(from.path, "values: "+err.Error()))
	}
	templates := from.templatesOf(loaded)
	helm := engine.Engine{CustomTemplateFuncs: random.Functions()}
	rendered, err := helm.RenderWithContext(ctx, loaded, scope)
	if err != nil {
		return failed(templates.explain(err))
	}
	result := from.assemble(loaded, templates, rendered)
	result.Values = seen
	result.Notes = rendered[path.Join(loaded.Name(), "templates", notesFile)]
	result.Generated = random.Generated()
	result.Diagnostics = append(result.Diagnostics, templates.impurities(random)...)
	if loaded.Metadata.Deprecated {
		result.Diagnostics = append(result.Diagnostics, wire.Diagnostic{
			Code: "chart-deprecated", Severity: wire.Warning, File: from.path,
			Message: fmt.Sprintf("chart %s %s: deprecated by its makers", loaded.Name(), loaded.Metadata.Version),
		})
	}
	return result
}

// assemble reads the rendered texts back as objects.
func (from *source) assemble(loaded *helmchart.Chart, templates templates, rendered map[string]string) wire.Result {
	var output output
	for _, crd := range sortedCRDs(loaded) {
		output.addCRD(crd.Filename, string(crd.File.Data), from.fileOf(crd.File.Data), from.isPacked(crd.File.Data))
	}
	for _, name := range sortedNames(rendered) {
		if strings.HasSuffix(name, notesFile) || strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		output.addRendered(templates[name], rendered[name])
	}
	if wire.Failed(output.diagnostics) {
		return wire.Result{Diagnostics: output.diagnostics}
	}
	return wire.Result{Objects: output.ordered(), Diagnostics: output.diagnostics}
}

func failed(diagnostics ...wire.Diagnostic) wire.Result {
	return wire.Result{Diagnostics: diagnostics}
}

func withChart(result wire.Result, loaded *helmchart.Chart) wire.Result {
	result.Chart = &wire.Chart{
		Name: loaded.Name(), Version: loaded.Metadata.Version, AppVersion: loaded.Metadata.AppVersion,
	}
	return result
}

// Capabilities describes the cluster to templates: its version and its APIs.
func Capabilities(kubeVersion string, apis []string) (*common.Capabilities, error) {
	version, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, errors.New("kubeVersion: got " + kubeVersion + ", expected a version such as 1.36.3")
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.APIVersions = apis
	return capabilities, nil
}
