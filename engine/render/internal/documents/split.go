// Package documents reads YAML and JSON text as kubectl and Helm do (sigs.k8s.io/yaml)
// and remembers where each document stands.
package documents

import (
	"regexp"
	"strings"
	"unicode"
)

// Document is one YAML document; Line is the 1-based line of the source that Text starts on.
type Document struct {
	Text string
	Line int
}

var (
	// Helm cuts its rendered files with this expression; any other would disagree with it on odd output.
	helmSeparator = regexp.MustCompile(`(?m)^---[ \t]*`)
	// A manifest is cut at the two marks of YAML itself, so that a key such as "---x" is left alone.
	yamlSeparator = regexp.MustCompile(`(?m)^(?:---|\.\.\.)(?:[ \t]+|\r?$)`)
)

// SplitRendered cuts a rendered template as Helm does; empty documents are left out.
func SplitRendered(text string) []Document { return split(text, helmSeparator) }

// Split cuts a manifest file; empty documents are left out.
func Split(text string) []Document { return split(text, yamlSeparator) }

func split(text string, separator *regexp.Regexp) []Document {
	var documents []Document
	line := 1
	add := func(piece string) {
		body := strings.TrimLeftFunc(piece, unicode.IsSpace)
		if body != "" {
			skipped := strings.Count(piece[:len(piece)-len(body)], "\n")
			documents = append(documents, Document{Text: body, Line: line + skipped})
		}
		line += strings.Count(piece, "\n")
	}
	start := 0
	for _, mark := range separator.FindAllStringIndex(text, -1) {
		add(text[start:mark[0]])
		start = mark[1]
	}
	add(text[start:])
	return documents
}

// ContentLine is the line of the first text that is neither blank nor a comment.
func (d Document) ContentLine() int {
	for i, line := range strings.Split(d.Text, "\n") {
		trimmed := strings.TrimSpace(line)
		if trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			return d.Line + i
		}
	}
	return d.Line
}
