package documents

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// Problem is what is wrong with a text, at a 1-based line of it (0 when unknown).
type Problem struct {
	Line    int
	Message string
	// Duplicate marks a key that appears twice, which kubectl refuses and Helm accepts (the last one counts).
	Duplicate bool
	// Syntax marks a text that is not YAML at all.
	Syntax bool
}

// Code is the diagnostic's code for the problem.
func (p Problem) Code() string {
	switch {
	case p.Duplicate:
		return "yaml-duplicate-key"
	case p.Syntax:
		return "yaml-syntax"
	default:
		return "manifest-invalid"
	}
}

var (
	lineOfError    = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)
	duplicateKey   = regexp.MustCompile(`^key (.*) already set in map$`)
	unsupportedKey = regexp.MustCompile(`^unsupported map key of type: [^,]*, key: (.*), value: `)
)

// ToJSON converts one YAML document. Duplicate keys come back as problems beside the JSON
// that Helm would see; any other problem means that there is no JSON.
func ToJSON(text string) ([]byte, []Problem) {
	converted, err := yaml.YAMLToJSONStrict([]byte(text))
	if err == nil {
		return converted, nil
	}
	duplicates := duplicateProblems(err)
	if lenient, lenientErr := yaml.YAMLToJSON([]byte(text)); lenientErr == nil {
		return lenient, duplicates
	} else if len(duplicates) == 0 {
		err = lenientErr
	}
	return nil, []Problem{syntaxProblem(text, err)}
}

func duplicateProblems(err error) []Problem {
	var problems []Problem
	for _, line := range strings.Split(err.Error(), "\n") {
		match := lineOfError.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		if key := duplicateKey.FindStringSubmatch(match[2]); key != nil {
			number, _ := strconv.Atoi(match[1])
			problems = append(problems, Problem{
				Line: number, Message: key[1] + ": the key appears twice, expected once", Duplicate: true,
			})
		}
	}
	return problems
}

func syntaxProblem(text string, err error) Problem {
	message := err.Error()
	message = strings.TrimPrefix(message, "error converting YAML to JSON: ")
	if key := unsupportedKey.FindStringSubmatch(message); key != nil {
		return Problem{Syntax: true, Message: "a key is not text: got " + key[1] + ", expected a string, a number or a boolean"}
	}
	if strings.HasPrefix(message, "json: unsupported value: ") {
		return Problem{Syntax: true, Message: "number " + strings.TrimPrefix(message, "json: unsupported value: ") + " cannot be written as JSON"}
	}
	if match := lineOfError.FindStringSubmatch(message); match != nil {
		message = match[2]
	}
	message = strings.TrimPrefix(message, "yaml: ")
	line := firstBadLine(text)
	return Problem{Syntax: true, Line: line, Message: plainWords(message, lineText(text, line))}
}

// firstBadLine finds the line where the text stops being YAML. The parser names the start of the
// block around it, which may be far above, so the line after the longest text that parses is taken.
func firstBadLine(text string) int {
	lines := strings.SplitAfter(text, "\n")
	parses := func(count int) bool {
		_, err := yaml.YAMLToJSON([]byte(strings.Join(lines[:count], "")))
		return err == nil
	}
	low, high := 0, len(lines)
	for low < high {
		// Invariant: the first low lines parse, the first high lines do not.
		for high-low > 1 {
			middle := (low + high) / 2
			if parses(middle) {
				low = middle
			} else {
				high = middle
			}
		}
		// A text cut inside a bracket or a quote fails too, although it is whole some lines later.
		longer := low
		for count := high + 1; count < len(lines) && count <= high+maxOpenLines; count++ {
			if parses(count) {
				longer = count
				break
			}
		}
		if longer == low {
			break
		}
		low, high = longer, len(lines)
	}
	for low < len(lines)-1 && strings.TrimSpace(lines[low]) == "" {
		low++
	}
	return low + 1
}

// maxOpenLines bounds the search for the end of a bracket or quote that spans lines.
const maxOpenLines = 60

func lineText(text string, line int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimRight(lines[line-1], "\r")
}

var plain = map[string]string{
	"mapping values are not allowed in this context":         "a second `key: value` on one line; quote the text or start a new line",
	"did not find expected key":                              "does not fit the block above it; check the indentation",
	"did not find expected '-' indicator":                    "stands among list items without its own `-`; check the indentation",
	"could not find expected ':'":                            "expected `key: value`",
	"block sequence entries are not allowed in this context": "a list item (`-`) is not allowed here",
	"found unexpected end of stream":                         "a quote or bracket that opens here is never closed",
	"did not find expected ',' or '}'":                       "`{` is not closed, or a `,` is missing",
	"did not find expected ',' or ']'":                       "`[` is not closed, or a `,` is missing",
	"did not find expected node content":                     "expected a value",
	"did not find expected <document start>":                 "more text after the end of the document",
	"did not find expected alphabetic or numeric character":  "`*` or `&` starts an alias here; quote the text",
	"control characters are not allowed":                     "the file holds control characters, so it is not text",
}

func plainWords(message, line string) string {
	if strings.HasPrefix(message, "found character that cannot start any token") {
		trimmed := strings.TrimLeft(line, " ")
		if strings.HasPrefix(trimmed, "\t") {
			return "a tab is used for indentation, expected spaces"
		}
		return "a value starts with a character that YAML reserves; quote the text"
	}
	if words, ok := plain[message]; ok {
		return words
	}
	return message
}

// ErrNotObject tells what a document is instead of an object.
type ErrNotObject struct{ Got string }

func (e ErrNotObject) Error() string {
	return "got " + e.Got + ", expected an object with apiVersion and kind"
}

// ErrEmpty is returned for a document that holds nothing but comments.
var ErrEmpty = errors.New("empty document")
