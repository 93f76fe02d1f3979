package documents

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	yamlnode "go.yaml.in/yaml/v3"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

// Object is one Kubernetes object of a document; Line is a line of the source (0 when unknown).
type Object struct {
	JSON        json.RawMessage
	Line        int
	APIVersion  string
	Kind        string
	Name        string
	Namespace   string
	Annotations map[string]string
}

// Content is what one document holds: an object, or the objects of a list.
type Content struct {
	// Kind and Annotations are those of the document, so of the list where it is one.
	Kind        string
	Annotations map[string]string
	Objects     []Object
}

// ReadManifest returns the objects of a YAML or JSON file, lists flattened, and the problems with their lines.
func ReadManifest(text string) ([]Object, []Problem) {
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if objects, problems, ok := readJSONStream(text); ok {
			return objects, problems
		}
	}
	var objects []Object
	var problems []Problem
	for _, document := range Split(text) {
		content, wrong := document.Read()
		objects = append(objects, content.Objects...)
		problems = append(problems, wrong...)
	}
	return objects, problems
}

// Read returns what the document holds: no object for an empty one, several for a list.
// Lines of objects and problems are those of the source.
func (d Document) Read() (Content, []Problem) {
	converted, problems := ToJSON(d.Text)
	for i := range problems {
		if problems[i].Line > 0 {
			problems[i].Line += d.Line - 1
		} else {
			problems[i].Line = d.ContentLine()
		}
	}
	if converted == nil {
		return Content{}, problems
	}
	content, wrong := flatten(converted, d)
	return content, append(problems, wrong...)
}

// readJSONStream reads one JSON object after another, as kubectl does; false when the text is not that.
func readJSONStream(text string) ([]Object, []Problem, bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	var objects []Object
	var problems []Problem
	for {
		start := int(decoder.InputOffset())
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err == io.EOF {
			return objects, problems, true
		} else if err != nil {
			return nil, nil, false
		}
		skipped := len(text[start:]) - len(strings.TrimLeft(text[start:], " \t\r\n"))
		piece := Document{Text: string(raw), Line: 1 + strings.Count(text[:start+skipped], "\n")}
		converted, err := normalize(raw)
		if err != nil {
			return nil, nil, false
		}
		content, wrong := flatten(converted, piece)
		objects = append(objects, content.Objects...)
		problems = append(append(problems, jsonDuplicates(piece)...), wrong...)
	}
}

// normalize sorts the keys and keeps integers apart from floats, as kubectl does.
func normalize(raw json.RawMessage) ([]byte, error) {
	var value any
	if err := utiljson.Unmarshal(raw, &value); err != nil {
		return nil, err
	}
	return json.Marshal(value)
}

// jsonDuplicates asks the YAML parser, since the JSON one takes a repeated key in silence.
func jsonDuplicates(d Document) []Problem {
	_, err := yaml.YAMLToJSONStrict([]byte(d.Text))
	if err == nil {
		return nil
	}
	problems := duplicateProblems(err)
	for i := range problems {
		problems[i].Line += d.Line - 1
	}
	return problems
}

func flatten(converted []byte, d Document) (Content, []Problem) {
	fields, err := topFields(converted)
	if err == ErrEmpty {
		return Content{}, nil
	}
	var object Object
	if err == nil {
		object, err = newObject(converted, fields)
	}
	if err != nil {
		return Content{}, []Problem{{Line: d.ContentLine(), Message: err.Error()}}
	}
	object.Line = d.ContentLine()
	content := Content{Kind: object.Kind, Annotations: object.Annotations}
	if items, isList := listItems(object.Kind, fields); isList {
		var problems []Problem
		content.Objects, problems = flattenList(object, items, d)
		return content, problems
	}
	if err := object.hasName(fields); err != nil {
		return Content{}, []Problem{{Line: object.Line, Message: err.Error()}}
	}
	content.Objects = []Object{object}
	return content, nil
}

func flattenList(list Object, items []json.RawMessage, d Document) ([]Object, []Problem) {
	lines := itemLines(d, len(items))
	var objects []Object
	var problems []Problem
	for i, item := range items {
		content, wrong := flatten(inheritKind(list, item), Document{Text: string(item), Line: lines[i]})
		objects = append(objects, content.Objects...)
		problems = append(problems, wrong...)
	}
	return objects, problems
}

func topFields(converted []byte) (map[string]json.RawMessage, error) {
	trimmed := bytes.TrimSpace(converted)
	if len(trimmed) == 0 || string(trimmed) == "null" {
		return nil, ErrEmpty
	}
	switch trimmed[0] {
	case '{':
	case '[':
		return nil, ErrNotObject{"a list"}
	case '"':
		return nil, ErrNotObject{"text"}
	case 't', 'f':
		return nil, ErrNotObject{"a boolean"}
	default:
		return nil, ErrNotObject{"a number"}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(trimmed, &fields); err != nil {
		return nil, err
	}
	return fields, nil
}

func newObject(converted []byte, fields map[string]json.RawMessage) (Object, error) {
	object := Object{JSON: converted}
	for _, want := range []struct {
		key  string
		into *string
	}{{"apiVersion", &object.APIVersion}, {"kind", &object.Kind}} {
		raw, ok := fields[want.key]
		if !ok {
			return object, fmt.Errorf("%s is missing, expected an object with apiVersion and kind", want.key)
		}
		if json.Unmarshal(raw, want.into) != nil || *want.into == "" {
			return object, fmt.Errorf("%s: got %s, expected text", want.key, raw)
		}
	}
	if raw, ok := fields["metadata"]; ok && string(raw) != "null" {
		if err := readMetadata(raw, &object); err != nil {
			return object, fmt.Errorf("%s %w", object.Kind, err)
		}
	}
	return object, nil
}

func readMetadata(raw json.RawMessage, object *Object) error {
	var metadata map[string]json.RawMessage
	if json.Unmarshal(raw, &metadata) != nil {
		return fmt.Errorf("metadata: got %s, expected a mapping", raw)
	}
	for _, want := range []struct {
		key  string
		into *string
	}{{"name", &object.Name}, {"namespace", &object.Namespace}} {
		value, ok := metadata[want.key]
		if !ok || string(value) == "null" {
			continue
		}
		if json.Unmarshal(value, want.into) != nil {
			return fmt.Errorf("metadata.%s: got %s, expected text; quote it", want.key, value)
		}
	}
	var annotations map[string]json.RawMessage
	if value, ok := metadata["annotations"]; ok && json.Unmarshal(value, &annotations) != nil {
		return fmt.Errorf("metadata.annotations: got %s, expected a mapping", value)
	}
	object.Annotations = make(map[string]string, len(annotations))
	for key, value := range annotations {
		var text string
		if json.Unmarshal(value, &text) != nil {
			// Helm reads an unquoted number as its text, so a hook's weight counts either way.
			text = string(value)
		}
		object.Annotations[key] = text
	}
	return nil
}

func (o Object) hasName(fields map[string]json.RawMessage) error {
	if o.Name != "" {
		return nil
	}
	var metadata struct {
		GenerateName string `json:"generateName"`
	}
	if json.Unmarshal(fields["metadata"], &metadata) == nil && metadata.GenerateName != "" {
		return nil
	}
	return fmt.Errorf("%s: metadata.name is missing", o.Kind)
}

// listItems tells whether the object is a list of objects, as kubectl decides it.
func listItems(kind string, fields map[string]json.RawMessage) ([]json.RawMessage, bool) {
	if !strings.HasSuffix(kind, "List") {
		return nil, false
	}
	raw, ok := fields["items"]
	if !ok {
		return nil, kind == "List"
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return nil, false
	}
	return items, true
}

// inheritKind gives an item of a typed list (ConfigMapList) the kind that the list implies.
func inheritKind(list Object, item json.RawMessage) json.RawMessage {
	if list.Kind == "List" {
		return item
	}
	var object map[string]any
	if utiljson.Unmarshal(item, &object) != nil || object == nil {
		return item
	}
	if _, ok := object["kind"]; ok {
		return item
	}
	object["kind"] = strings.TrimSuffix(list.Kind, "List")
	if _, ok := object["apiVersion"]; !ok {
		object["apiVersion"] = list.APIVersion
	}
	filled, err := json.Marshal(object)
	if err != nil {
		return item
	}
	return filled
}

// itemLines finds the line of each item of a list; where it cannot, the line of the list.
func itemLines(d Document, count int) []int {
	lines := make([]int, count)
	for i := range lines {
		lines[i] = d.ContentLine()
	}
	var root yamlnode.Node
	if yamlnode.Unmarshal([]byte(d.Text), &root) != nil || len(root.Content) == 0 {
		return lines
	}
	fields := root.Content[0].Content
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i].Value != "items" {
			continue
		}
		for n, item := range fields[i+1].Content {
			if n < count {
				lines[n] = d.Line + item.Line - 1
			}
		}
	}
	return lines
}
