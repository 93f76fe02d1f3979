package chart

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	"mostik.dev/engine/render/internal/wire"
)

// Helm says where a template failed as one block per template that includes the next:
// PLACE, then `executing "NAME" at <CODE>:`, then the reason. What it cannot cut into such blocks
// it leaves as Go says it, in one line.
var (
	failedAt   = regexp.MustCompile(`(?s)^(?:parse|execution) error at \((.*?)\): (.*)$`)
	parsingOf  = regexp.MustCompile(`(?s)^parse error in \((.*?)\): (.*)$`)
	placeLine  = regexp.MustCompile(`^(.+?):(\d+)(?::(\d+))?$`)
	codeLine   = regexp.MustCompile(`^executing ".*" at <(.*)>:$`)
	inOneLine  = regexp.MustCompile(`(?s)^(?:template: )?(\S+:\d+): (?:executing ".*?" at <(.*?)>: )?(.*)$`)
	nestedTpl  = regexp.MustCompile(`(?s)^(?:error during tpl function execution for|cannot parse template) ".*?": (template: .*)$`)
	nestedCall = regexp.MustCompile(`(?s)^error calling (\w+):\s*(.*)$`)
)

// step is one template on the way to the failure.
type step struct {
	template     template
	name         string
	line, column int
	code, reason string
}

// explain turns an error of Helm's engine into the place that failed and the reason.
func (all templates) explain(err error) wire.Diagnostic {
	text := err.Error()
	if match := failedAt.FindStringSubmatch(text); match != nil {
		failure := all.stepAt(match[1])
		failure.reason = match[2]
		return failure.diagnostic(nil)
	}
	if match := parsingOf.FindStringSubmatch(text); match != nil {
		return step{template: all[match[1]], name: match[1], reason: match[2]}.diagnostic(nil)
	}
	steps := all.steps(text)
	if len(steps) == 0 {
		return wire.Diagnostic{Code: "template-error", Severity: wire.Error, Message: strings.TrimPrefix(text, "template: ")}
	}
	last := len(steps) - 1
	// A text run through `tpl` has no file; the template that ran it has.
	for last > 0 && steps[last].template.file == "" {
		steps[last-1].reason, steps[last-1].code = steps[last].reason, steps[last].code
		last--
	}
	return steps[last].diagnostic(steps[:last])
}

func (all templates) steps(text string) []step {
	var steps []step
	for line := range strings.SplitSeq(text, "\n") {
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case trimmed == "":
		case indent == 0 && placeLine.MatchString(trimmed):
			steps = append(steps, all.stepAt(trimmed))
		case len(steps) == 0:
			return all.stepsInOneLine(text)
		case codeLine.MatchString(trimmed):
			steps[len(steps)-1].code = codeLine.FindStringSubmatch(trimmed)[1]
		default:
			current := &steps[len(steps)-1]
			current.reason = strings.TrimSpace(current.reason + "\n" + trimmed)
		}
	}
	return steps
}

// mostSteps bounds the way that is followed step by step: a template that includes itself makes a thousand,
// each of which holds the text of all below it.
const mostSteps = 20

// stepsInOneLine follows an error of Go's template package from the outer template to the inner.
func (all templates) stepsInOneLine(text string) []step {
	var steps []step
	for {
		match := inOneLine.FindStringSubmatch(text)
		if match == nil {
			return steps
		}
		at := all.stepAt(match[1])
		at.code, at.reason = match[2], withoutCalls(match[3])
		steps = append(steps, at)
		text = at.reason
		if nested := nestedTpl.FindStringSubmatch(text); nested != nil {
			text = nested[1]
		}
		if !strings.HasPrefix(text, "template: ") {
			return steps
		}
		if len(steps) == mostSteps {
			text = text[strings.LastIndex(text, "template: "):]
		}
	}
}

// withoutCalls drops the names of the functions around the reason.
func withoutCalls(reason string) string {
	for {
		call := nestedCall.FindStringSubmatch(reason)
		if call == nil || call[2] == "" {
			return reason
		}
		reason = call[2]
	}
}

func (all templates) stepAt(place string) step {
	match := placeLine.FindStringSubmatch(place)
	if match == nil {
		return step{template: all[place], name: place}
	}
	at := step{template: all[match[1]], name: match[1]}
	at.line, _ = strconv.Atoi(match[2])
	if match[3] != "" {
		column, _ := strconv.Atoi(match[3])
		at.column = column + 1 // Go counts the bytes before it
	}
	return at
}

func (s step) diagnostic(included []step) wire.Diagnostic {
	message := s.name
	if code := strings.TrimSuffix(strings.TrimPrefix(s.code, "{{"), "}}"); code != "" {
		message += ": {{ " + code + " }}"
	}
	message += ": " + plainReason(s.code, s.reason)
	if len(included) > 0 {
		outer := included[0]
		message += fmt.Sprintf(" (used by %s:%d)", outer.name, outer.line)
	}
	d := wire.Diagnostic{Code: "template-error", Severity: wire.Error, Message: message}
	return s.template.at(d, s.line, s.codeColumn())
}

// codeColumn is where the code begins in its line: Go points at the last part of a path such as .Values.a.
func (s step) codeColumn() int {
	lines := strings.Split(s.template.text, "\n")
	if s.code == "" || s.line < 1 || s.line > len(lines) || strings.Count(lines[s.line-1], s.code) != 1 {
		return s.column
	}
	return strings.Index(lines[s.line-1], s.code) + 1
}

var (
	nilPointer  = regexp.MustCompile(`^nil pointer evaluating .*\.(\w+)$`)
	noField     = regexp.MustCompile(`^can't evaluate field (\w+) in type .+$`)
	noFunction  = regexp.MustCompile(`^function "(\w+)" not defined$`)
	wrongValue  = regexp.MustCompile(`^wrong type for value; expected (\S+); got (.+)$`)
	noValue     = regexp.MustCompile(`^invalid value; expected (\S+)$`)
	notIterable = regexp.MustCompile(`(?s)^range can't iterate over (.*)$`)
	noTemplate  = regexp.MustCompile(`^(?:template: )?(?:no template "([^"]+)" associated.*|template "([^"]+)" not defined)$`)
	wrongArg    = regexp.MustCompile(`(?s)^can't handle (.*) for arg of type (.+)$`)
	endless     = regexp.MustCompile(`^rendering template has a nested reference name: (.*): unable to execute template$`)
	fieldPath   = regexp.MustCompile(`\.[\w.]*\w`)
)

// plainReason says in words what Go's template package says of its types.
func plainReason(code, reason string) string {
	reason = withoutCalls(reason)
	reason = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(reason, "HELM_ERR_START", ""), "HELM_ERR_END", ""))
	if match := nilPointer.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("%s is not set, so it has no %s; set it or give it a default", parentOf(code, match[1]), match[1])
	}
	if match := noField.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("%s is not a mapping, so it has no %s", parentOf(code, match[1]), match[1])
	}
	if match := noFunction.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("there is no function %s", match[1])
	}
	if match := wrongValue.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("got %s, expected %s", goType(match[2]), goType(match[1]))
	}
	if match := noValue.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("got nothing, expected %s", goType(match[1]))
	}
	if match := notIterable.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("got %s, expected a list or a mapping to go through", match[1])
	}
	if match := noTemplate.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("there is no template %q; a dependency may be missing", match[1]+match[2])
	}
	if match := wrongArg.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("got %s, expected %s", match[1], goType(match[2]))
	}
	if match := endless.FindStringSubmatch(reason); match != nil {
		return fmt.Sprintf("template %q includes itself without end", match[1])
	}
	return strings.TrimPrefix(reason, "runtime error: ")
}

// parentOf is the part of the code before the field that is missing.
func parentOf(code, field string) string {
	for _, candidate := range fieldPath.FindAllString(code, -1) {
		if parent, ok := strings.CutSuffix(candidate, "."+field); ok && parent != "" {
			return parent
		}
		if before, _, ok := strings.Cut(candidate, "."+field+"."); ok && before != "" {
			return before
		}
	}
	return "the value before ." + field
}

func goType(name string) string {
	switch strings.TrimPrefix(name, "*") {
	case "string":
		return "text"
	case "bool":
		return "true or false"
	case "int", "int64", "float64", "uint32":
		return "a number"
	case "interface", "interface{}", "interface {}":
		return "a value of any type"
	case "nil":
		return "nothing"
	}
	switch {
	case strings.HasPrefix(name, "map["), strings.HasSuffix(name, "Values"):
		return "a mapping"
	case strings.HasPrefix(name, "[]"):
		return "a list"
	default:
		return path.Base(name)
	}
}
