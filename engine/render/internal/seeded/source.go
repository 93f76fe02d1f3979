package seeded

import (
	"fmt"
	"slices"
	"strconv"
	"text/template"
)

// Source serves the templates of one item. It is not for concurrent use: the n-th call of a
// function with the same arguments gets the n-th result.
type Source struct {
	seed      []byte
	calls     map[string]int
	generated map[string]bool
	clock     bool
	lookups   []string
}

// NewSource starts every counter at zero.
func NewSource(seed string) *Source {
	return &Source{seed: []byte(seed), calls: map[string]int{}, generated: map[string]bool{}}
}

// Functions replaces those of Helm that give another result on another day or machine.
func (s *Source) Functions() template.FuncMap {
	functions := template.FuncMap{}
	for _, group := range []template.FuncMap{
		s.randomFunctions(), s.keyFunctions(), s.certificateFunctions(),
		s.clockFunctions(), s.clusterFunctions(), orderedFunctions(),
	} {
		for name, function := range group {
			functions[name] = function
		}
	}
	return functions
}

// Generated returns every text that a random or certificate function gave, sorted.
func (s *Source) Generated() []string {
	texts := make([]string, 0, len(s.generated))
	for text := range s.generated {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	return texts
}

// UsedClock tells whether a template asked for the time.
func (s *Source) UsedClock() bool { return s.clock }

// Lookups names the objects that templates asked the cluster for, in the order of asking, each once.
func (s *Source) Lookups() []string { return s.lookups }

// draw opens the stream of this call. Calls of another function, or with other arguments,
// have counters of their own, so adding one changes no value that was there.
func (s *Source) draw(function string, arguments ...any) *stream {
	call := function + "\x00" + encode(arguments)
	index := s.calls[call]
	s.calls[call]++
	return newStream(s.seed, "mostik-render/1\x00"+call+"\x00"+strconv.Itoa(index))
}

// encode writes arguments so that no two lists of them read the same, in a form that is ours alone:
// a change in it, or in an encoder of the standard library, would change every password.
func encode(value any) string {
	switch value := value.(type) {
	case []any:
		text := "l" + strconv.Itoa(len(value)) + ":"
		for _, item := range value {
			text += encode(item)
		}
		return text
	case Certificate:
		return encode([]any{value.Cert, value.Key})
	case string:
		return "s" + strconv.Itoa(len(value)) + ":" + value
	case int:
		return "i" + strconv.Itoa(value) + ";"
	default:
		return encode(fmt.Sprint(value))
	}
}

// keep remembers a generated text, so that it can be masked wherever it turns up.
func (s *Source) keep(text string) string {
	if text != "" {
		s.generated[text] = true
	}
	return text
}
