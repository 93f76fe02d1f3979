package chart

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	helmchart "helm.sh/helm/v4/pkg/chart/v2"

	"mostik.dev/engine/render/internal/documents"
	"mostik.dev/engine/render/internal/wire"
)

// template is one template of a chart: Helm's name for it, where it lies and what it says.
type template struct {
	name   string
	file   string
	text   string
	packed bool
}

// templates are those of a chart and of its subcharts, by Helm's name.
type templates map[string]template

func (from *source) templatesOf(loaded *helmchart.Chart) templates {
	all := templates{}
	from.addTemplates(loaded, all)
	return all
}

func (from *source) addTemplates(loaded *helmchart.Chart, all templates) {
	for _, file := range loaded.Templates {
		name := path.Join(loaded.ChartFullPath(), file.Name)
		all[name] = template{
			name: name, file: from.fileOf(file.Data), text: string(file.Data), packed: from.isPacked(file.Data),
		}
	}
	for _, subchart := range loaded.Dependencies() {
		from.addTemplates(subchart, all)
	}
}

// sorted lists the templates, those of the chart itself before those of its subcharts.
func (all templates) sorted() []template {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if depth := strings.Count(a, "/charts/") - strings.Count(b, "/charts/"); depth != 0 {
			return depth
		}
		return strings.Compare(a, b)
	})
	list := make([]template, len(names))
	for i, name := range names {
		list[i] = all[name]
	}
	return list
}

// at places a diagnostic in the template; a line of a packed chart has nowhere to point to.
func (t template) at(d wire.Diagnostic, line, column int) wire.Diagnostic {
	d.File, d.Line, d.Column = t.file, line, column
	if t.packed {
		d.Line, d.Column = 0, 0
	}
	return d
}

var kindLine = regexp.MustCompile(`^kind:[ \t]*["']?([A-Za-z]+)["']?[ \t\r]*$`)

// documentLines guesses where in the template each rendered document begins: 0 where that is not certain.
// It is certain when one line of the template names the document's kind, or when template and output
// are cut into equally many pieces.
func (t template) documentLines(output string, rendered []documents.Document) []int {
	lines := make([]int, len(rendered))
	if t.packed {
		return lines
	}
	source := strings.Split(t.text, "\n")
	pieces := documents.SplitRendered(t.text)
	samePieces := len(pieces) == len(rendered) && strings.Count(t.text, "\n---") == strings.Count(output, "\n---")
	for i, document := range rendered {
		kind := ""
		for line := range strings.SplitSeq(document.Text, "\n") {
			if match := kindLine.FindStringSubmatch(line); match != nil {
				kind = match[1]
				break
			}
		}
		first, last := 0, len(source)
		if samePieces {
			first = pieces[i].Line - 1
			last = first + strings.Count(pieces[i].Text, "\n") + 1
		}
		lines[i] = headLine(source, kind, first, min(last, len(source)))
	}
	return lines
}

// headLine finds the only `kind: KIND` between two lines, or the apiVersion just above it.
func headLine(source []string, kind string, first, last int) int {
	found := -1
	for i := first; i < last; i++ {
		match := kindLine.FindStringSubmatch(source[i])
		if match == nil || match[1] != kind {
			continue
		}
		if found >= 0 {
			return 0
		}
		found = i
	}
	if found < 0 {
		return 0
	}
	if found > first && strings.HasPrefix(source[found-1], "apiVersion:") {
		return found
	}
	return found + 1
}

const excerptMargin = 2

// outputProblem reports a line of the output, and the line of the template where it reads the same.
func (t template) outputProblem(output string, problem documents.Problem) wire.Diagnostic {
	lines := strings.Split(output, "\n")
	first := max(problem.Line-excerptMargin, 1)
	last := min(problem.Line+excerptMargin, len(lines))
	offending := strings.TrimSpace(lines[min(problem.Line, len(lines))-1])
	d := wire.Diagnostic{
		Code: problem.Code(), Severity: wire.Error,
		Message:  fmt.Sprintf("%s: rendered line %d, `%s`: %s", t.name, problem.Line, offending, problem.Message),
		Rendered: &wire.Excerpt{First: first, Line: problem.Line, Lines: lines[first-1 : last]},
	}
	if problem.Duplicate {
		// Helm installs such a chart, and its user cannot mend what others wrote.
		d.Severity = wire.Warning
	}
	return t.at(d, t.sameLine(offending), 0)
}

// sameLine is the only line of the template that reads like the text, or 0.
func (t template) sameLine(text string) int {
	found := 0
	for i, line := range strings.Split(t.text, "\n") {
		if text != "" && strings.TrimSpace(line) == text {
			if found > 0 {
				return 0
			}
			found = i + 1
		}
	}
	return found
}
