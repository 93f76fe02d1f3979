package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	helmchart "helm.sh/helm/v4/pkg/chart/v2"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/wire"
)

// output gathers the objects of a chart.
type output struct {
	crds, plain, hooks []entry
	diagnostics        []wire.Diagnostic
}

// entry is one object with the kind of the document it came in, which Helm orders by.
type entry struct {
	object   wire.Object
	sortKind string
}

func (o *output) ordered() []wire.Object {
	var objects []wire.Object
	for _, group := range [][]entry{o.crds, byKind(o.plain), byKind(o.hooks)} {
		for _, e := range group {
			objects = append(objects, e.object)
		}
	}
	return objects
}

// addCRD reads a file of a crds folder, which Helm does not run through its templates.
func (o *output) addCRD(template, text, file string, packed bool) {
	objects, problems := documents.ReadManifest(text)
	for _, problem := range problems {
		severity := wire.Error
		if problem.Duplicate {
			severity = wire.Warning
		}
		o.diagnostics = append(o.diagnostics, wire.Diagnostic{
			Code: problem.Code(), Severity: severity,
			Message: template + ": " + problem.Message, File: file, Line: unless(packed, problem.Line),
		})
	}
	for _, object := range objects {
		o.crds = append(o.crds, entry{object: wire.Object{
			Object: object.JSON, File: file, Template: template, Line: unless(packed, object.Line),
			CRD: true, Keep: keeps(object.Annotations),
		}})
	}
}

func unless(packed bool, line int) int {
	if packed {
		return 0
	}
	return line
}

// addRendered reads what one template gave.
func (o *output) addRendered(template template, text string) {
	rendered := documents.SplitRendered(text)
	lines := template.documentLines(text, rendered)
	for i, document := range rendered {
		content, problems := document.Read()
		for _, problem := range problems {
			o.diagnostics = append(o.diagnostics, template.outputProblem(text, problem))
		}
		if len(content.Objects) > 0 {
			o.addDocument(template, content, lines[i])
		}
	}
}

// addDocument sorts the objects of one document into hooks and others. What Helm decides by the
// document (its annotations, its place in the order) holds for every object of a list in it.
func (o *output) addDocument(from template, content documents.Content, line int) {
	hook, wrong := readHook(content, from)
	if wrong != nil {
		o.diagnostics = append(o.diagnostics, *wrong)
		return
	}
	for _, object := range content.Objects {
		e := entry{sortKind: content.Kind, object: wire.Object{
			Object: object.JSON, File: from.file, Template: from.name, Line: line,
			Hook: hook, Keep: keeps(content.Annotations) || keeps(object.Annotations),
		}}
		if hook != nil {
			o.hooks = append(o.hooks, e)
		} else {
			o.plain = append(o.plain, e)
		}
	}
}

var hookEvents = map[string]release.HookEvent{"test-success": release.HookTest}

func init() {
	for _, event := range []release.HookEvent{
		release.HookPreInstall, release.HookPostInstall, release.HookPreDelete, release.HookPostDelete,
		release.HookPreUpgrade, release.HookPostUpgrade, release.HookPreRollback, release.HookPostRollback,
		release.HookTest,
	} {
		hookEvents[event.String()] = event
	}
}

// readHook reads the annotations of a hook; nil for an object that is none. Helm leaves an object
// with an event it does not know out of everything, which is said here.
func readHook(content documents.Content, from template) (*wire.Hook, *wire.Diagnostic) {
	text, ok := content.Annotations[release.HookAnnotation]
	if !ok {
		return nil, nil
	}
	hook := &wire.Hook{Events: []string{}, DeletePolicies: listed(content.Annotations[release.HookDeleteAnnotation])}
	for _, name := range listed(text) {
		event, ok := hookEvents[name]
		if !ok {
			return nil, &wire.Diagnostic{
				Code: "hook-unknown", Severity: wire.Warning, File: from.file,
				Message: fmt.Sprintf("%s: %s: got %s %q, which Helm does not know, so it leaves the %s out",
					from.name, release.HookAnnotation, "event", name, content.Kind),
			}
		}
		hook.Events = append(hook.Events, event.String())
	}
	hook.Weight, _ = strconv.Atoi(content.Annotations[release.HookWeightAnnotation])
	if len(hook.DeletePolicies) == 0 {
		hook.DeletePolicies = []string{release.HookBeforeHookCreation.String()}
	}
	return hook, nil
}

func listed(text string) []string {
	var names []string
	for part := range strings.SplitSeq(text, ",") {
		if name := strings.ToLower(strings.TrimSpace(part)); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func keeps(annotations map[string]string) bool {
	return strings.ToLower(strings.TrimSpace(annotations["helm.sh/resource-policy"])) == "keep"
}

// byKind is the order of Helm: known kinds as it lists them, then others by name, equal ones as they came.
func byKind(entries []entry) []entry {
	place := make(map[string]int, len(releaseutil.InstallOrder))
	for i, kind := range releaseutil.InstallOrder {
		place[kind] = i
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		first, known := place[a.sortKind]
		second, alsoKnown := place[b.sortKind]
		switch {
		case known && alsoKnown:
			return cmp.Compare(first, second)
		case known:
			return -1
		case alsoKnown:
			return 1
		default:
			return strings.Compare(a.sortKind, b.sortKind)
		}
	})
	return entries
}

func sortedCRDs(loaded *helmchart.Chart) []helmchart.CRD {
	crds := loaded.CRDObjects()
	slices.SortStableFunc(crds, func(a, b helmchart.CRD) int { return strings.Compare(a.Filename, b.Filename) })
	return crds
}

func sortedNames(rendered map[string]string) []string {
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
