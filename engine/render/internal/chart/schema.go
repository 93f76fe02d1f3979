package chart

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	helmchart "helm.sh/helm/v4/pkg/chart/v2"

	"mostik.dev/engine/render/internal/wire"
)

const schemaFile = "values.schema.json"

// checkSchema validates the values against the schema of the chart and of each subchart, with the library
// and by the rules of Helm, so that both accept the same values; a reference to another file or host is refused.
func (from *source) checkSchema(loaded *helmchart.Chart, values map[string]any, above []string) []wire.Diagnostic {
	var found []wire.Diagnostic
	if loaded.Schema != nil {
		found = from.checkOne(loaded, values, above)
	}
	for _, subchart := range loaded.Dependencies() {
		raw, ok := values[subchart.Name()]
		if !ok || raw == nil {
			continue
		}
		below := append(slices.Clone(above), subchart.Name())
		table, ok := raw.(map[string]any)
		if !ok {
			found = append(found, schemaDiagnostic(below, "got "+jsonType(raw)+", expected a mapping with the values of subchart "+subchart.Name()))
			continue
		}
		found = append(found, from.checkSchema(subchart, table, below)...)
	}
	return found
}

func (from *source) checkOne(loaded *helmchart.Chart, values map[string]any, above []string) []wire.Diagnostic {
	schema, err := compileSchema(loaded.Schema)
	if err != nil {
		return []wire.Diagnostic{{
			Code: "values-schema", Severity: wire.Error, File: from.fileOf(loaded.Schema),
			Message: fmt.Sprintf("%s of chart %s: %s", schemaFile, loaded.Name(), plainSchemaError(err)),
		}}
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(values); err == nil {
		return nil
	} else if !errors.As(err, &invalid) {
		return []wire.Diagnostic{schemaDiagnostic(above, err.Error())}
	}
	var found []wire.Diagnostic
	collect(invalid, above, &found)
	slices.SortStableFunc(found, func(a, b wire.Diagnostic) int { return slices.Compare(a.Path, b.Path) })
	return found
}

const schemaURL = "file:///" + schemaFile

func compileSchema(text []byte) (compiled *jsonschema.Schema, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("%v", panicked)
		}
	}()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	refused := refuseLoading{}
	compiler.UseLoader(jsonschema.SchemeURLLoader{
		"file": refused, "http": refused, "https": refused,
		"urn": anything{}, // as Helm does with a name that it cannot resolve
	})
	if err := compiler.AddResource(schemaURL, schema); err != nil {
		return nil, err
	}
	return compiler.Compile(schemaURL)
}

type refuseLoading struct{}

func (refuseLoading) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s, which is not read while rendering; put the definition into the schema", strings.TrimPrefix(url, "file:///"))
}

type anything struct{}

func (anything) Load(string) (any, error) { return true, nil }

func plainSchemaError(err error) string {
	if loading, ok := errors.AsType[*jsonschema.LoadURLError](err); ok {
		return loading.Err.Error()
	}
	text := strings.ReplaceAll(err.Error(), schemaURL, schemaFile)
	return strings.ReplaceAll(text, "\n", "; ")
}

// collect makes one diagnostic of each violation. Alternatives (anyOf, oneOf) are one violation together.
func collect(violation *jsonschema.ValidationError, above []string, found *[]wire.Diagnostic) {
	at := append(slices.Clone(above), violation.InstanceLocation...)
	switch reason := violation.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		*found = append(*found, schemaDiagnostic(at, alternatives(violation, reason)))
		return
	case *kind.AdditionalProperties:
		for _, property := range reason.Properties {
			*found = append(*found, schemaDiagnostic(append(slices.Clone(at), property), "unknown value, the schema has no such key"))
		}
		return
	case *kind.Required:
		for _, property := range reason.Missing {
			*found = append(*found, schemaDiagnostic(append(slices.Clone(at), property), "missing, expected a value"))
		}
		return
	}
	if len(violation.Causes) == 0 {
		*found = append(*found, schemaDiagnostic(at, explainViolation(violation.ErrorKind)))
		return
	}
	for _, cause := range violation.Causes {
		collect(cause, above, found)
	}
}

func alternatives(violation *jsonschema.ValidationError, reason jsonschema.ErrorKind) string {
	if one, ok := reason.(*kind.OneOf); ok && len(one.Subschemas) > 0 {
		return "fits several of the allowed forms, expected exactly one"
	}
	var inner []wire.Diagnostic
	for _, cause := range violation.Causes {
		collect(cause, nil, &inner)
	}
	var reasons []string
	for _, d := range inner {
		text := d.Message
		if slices.Equal(d.Path, violation.InstanceLocation) {
			text = strings.TrimPrefix(text, dotted(d.Path)+": ")
		}
		if !slices.Contains(reasons, text) {
			reasons = append(reasons, text)
		}
	}
	return "fits none of the allowed forms (" + strings.Join(reasons, "; or ") + ")"
}

var english = message.NewPrinter(language.English)

func explainViolation(reason jsonschema.ErrorKind) string {
	switch reason := reason.(type) {
	case *kind.Type:
		wanted := make([]string, len(reason.Want))
		for i, want := range reason.Want {
			wanted[i] = schemaType(want)
		}
		return fmt.Sprintf("got %s, expected %s", schemaType(reason.Got), strings.Join(wanted, " or "))
	case *kind.Enum:
		wanted := make([]string, len(reason.Want))
		for i, want := range reason.Want {
			wanted[i] = fmt.Sprintf("%v", want)
		}
		return fmt.Sprintf("got %v, expected one of %s", reason.Got, strings.Join(wanted, ", "))
	case *kind.Const:
		return fmt.Sprintf("got %v, expected %v", reason.Got, reason.Want)
	case *kind.Pattern:
		return fmt.Sprintf("got %q, expected text that matches %s", reason.Got, reason.Want)
	case *kind.Minimum:
		return fmt.Sprintf("got %s, expected at least %s", number(reason.Got), number(reason.Want))
	case *kind.Maximum:
		return fmt.Sprintf("got %s, expected at most %s", number(reason.Got), number(reason.Want))
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("got %s, expected more than %s", number(reason.Got), number(reason.Want))
	case *kind.ExclusiveMaximum:
		return fmt.Sprintf("got %s, expected less than %s", number(reason.Got), number(reason.Want))
	case *kind.MinLength:
		return fmt.Sprintf("got %d characters, expected at least %d", reason.Got, reason.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("got %d characters, expected at most %d", reason.Got, reason.Want)
	case *kind.MinItems:
		return fmt.Sprintf("got %d items, expected at least %d", reason.Got, reason.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("got %d items, expected at most %d", reason.Got, reason.Want)
	case *kind.FalseSchema:
		return "the schema allows no value here"
	default:
		return reason.LocalizedString(english)
	}
}

func number(rational interface{ FloatString(int) string }) string {
	return strings.TrimSuffix(strings.TrimRight(rational.FloatString(6), "0"), ".")
}

func schemaType(name string) string {
	switch name {
	case "object":
		return "a mapping"
	case "array":
		return "a list"
	case "string":
		return "text"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	default:
		return name
	}
}

func jsonType(value any) string {
	switch value.(type) {
	case []any:
		return "a list"
	case string:
		return "text"
	case bool:
		return "true or false"
	case nil:
		return "null"
	default:
		return "a number"
	}
}

func schemaDiagnostic(at []string, reason string) wire.Diagnostic {
	return wire.Diagnostic{Code: "values-schema", Severity: wire.Error, Path: at, Message: dotted(at) + ": " + reason}
}

func dotted(at []string) string {
	if len(at) == 0 {
		return "values"
	}
	return strings.Join(at, ".")
}
