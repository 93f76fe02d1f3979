package documents

import (
	"strings"
	"testing"
)

func TestScalarsAreReadAsKubectlReadsThem(t *testing.T) {
	for text, want := range map[string]string{
		"0644":                 "420",
		"0o644":                "420",
		"no":                   "false",
		"on":                   "true",
		"1e3":                  "1000",
		"12345678":             "12345678",
		"12345678901234567890": "12345678901234567890",
		"9007199254740993":     "9007199254740993",
		"1.50":                 "1.5",
		"0x1F":                 "31",
		"2024-01-01":           `"2024-01-01"`,
		"1:30":                 `"1:30"`,
		"~":                    "null",
		`"0644"`:               `"0644"`,
		"1_000":                "1000",
	} {
		got, problems := ToJSON("a: " + text)
		if string(got) != `{"a":`+want+`}` || len(problems) > 0 {
			t.Errorf("%s: got %s %v, expected %s", text, got, problems, want)
		}
	}
}

func TestNumbersAsKeysBecomeText(t *testing.T) {
	got, _ := ToJSON("1: a\ntrue: b\n")
	if string(got) != `{"1":"a","true":"b"}` {
		t.Errorf("got %s", got)
	}
}

const service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: "

func TestDocumentsKeepTheirLines(t *testing.T) {
	objects, problems := ReadManifest("# head\n---\n" + service + "a\n---\n\n# note\n---\n# above\n\n" + service + "b\n...\n--- # last\n" + service + "c\n")
	if len(problems) > 0 || len(objects) != 3 {
		t.Fatalf("got %d objects, problems %v", len(objects), problems)
	}
	for i, want := range []struct {
		name string
		line int
	}{{"a", 3}, {"b", 13}, {"c", 19}} {
		if objects[i].Name != want.name || objects[i].Line != want.line {
			t.Errorf("got %s at line %d, expected %s at %d", objects[i].Name, objects[i].Line, want.name, want.line)
		}
	}
}

func TestCarriageReturnsDoNotChangeAnything(t *testing.T) {
	objects, problems := ReadManifest(strings.ReplaceAll(service+"a\n---\n"+service+"b\n", "\n", "\r\n"))
	if len(problems) > 0 || len(objects) != 2 || objects[1].Line != 6 {
		t.Errorf("got %+v, problems %v", objects, problems)
	}
}

func TestListsAreFlattened(t *testing.T) {
	objects, problems := ReadManifest(`apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - metadata: {name: b}
`)
	if len(problems) > 0 || len(objects) != 2 {
		t.Fatalf("got %d objects, problems %v", len(objects), problems)
	}
	if objects[0].Line != 4 || objects[1].Kind != "ConfigMap" || objects[1].Name != "b" || objects[1].APIVersion != "v1" {
		t.Errorf("got %+v", objects)
	}
}

func TestAnEmptyListHoldsNothing(t *testing.T) {
	objects, problems := ReadManifest("apiVersion: v1\nkind: List\nitems: []\n---\napiVersion: v1\nkind: List\n")
	if len(objects)+len(problems) > 0 {
		t.Errorf("got %v, %v", objects, problems)
	}
}

func TestAKindThatEndsInListIsAnObjectWithoutItems(t *testing.T) {
	objects, problems := ReadManifest("apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {items: [1]}\n")
	if len(problems) > 0 || len(objects) != 1 {
		t.Errorf("got %v, problems %v", objects, problems)
	}
}

func TestJSONFilesMayHoldSeveralObjects(t *testing.T) {
	text := "{\n\t\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\"}, \"data\": {\"x\": \"\\ud83d\\ude00\"}}\n" +
		"{\"kind\": \"ConfigMap\", \"apiVersion\": \"v1\", \"metadata\": {\"name\": \"b\"}, \"n\": 9007199254740993, \"f\": 1.0}"
	objects, problems := ReadManifest(text)
	if len(problems) > 0 || len(objects) != 2 || objects[1].Line != 3 {
		t.Fatalf("got %+v, problems %v", objects, problems)
	}
	if want := `{"apiVersion":"v1","f":1,"kind":"ConfigMap","metadata":{"name":"b"},"n":9007199254740993}`; string(objects[1].JSON) != want {
		t.Errorf("got %s, expected %s", objects[1].JSON, want)
	}
	if !strings.Contains(string(objects[0].JSON), "😀") {
		t.Errorf("got %s, expected the character of the surrogate pair", objects[0].JSON)
	}
}

func TestARepeatedKeyIsAProblemInJSONToo(t *testing.T) {
	_, problems := ReadManifest("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\",\n\"metadata\": {\"name\": \"a\",\n\"name\": \"b\"}}")
	if len(problems) != 1 || !problems[0].Duplicate || problems[0].Line != 3 {
		t.Errorf("got %+v", problems)
	}
}

func TestProblemsHaveTheirLine(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		line    int
		code    string
		message string
	}{
		"a second colon":        {service + "a\nspec:\n  x: a: b\n", 6, "yaml-syntax", "a second `key: value` on one line; quote the text or start a new line"},
		"a wrong indentation":   {service + "a\nspec:\n   x: 1\n  y: 2\n", 7, "yaml-syntax", "does not fit the block above it; check the indentation"},
		"a tab":                 {service + "a\nspec:\n\tx: 1\n", 6, "yaml-syntax", "a tab is used for indentation, expected spaces"},
		"a reserved character":  {service + "a\nspec:\n  x: @a\n", 6, "yaml-syntax", "a value starts with a character that YAML reserves; quote the text"},
		"an open quote":         {service + "a\nspec:\n  x: \"a\n  y: 2\n", 6, "yaml-syntax", "a quote or bracket that opens here is never closed"},
		"a later bracket":       {service + "a\nspec:\n  x: [1,\n    2]\n  y: {a: 1\n  z: 1\n", 8, "yaml-syntax", ""},
		"the second document":   {service + "a\n---\n" + service + "b\nspec: a: b\n", 10, "yaml-syntax", ""},
		"a repeated key":        {service + "a\nspec:\n  x: 1\n  x: 2\n", 7, "yaml-duplicate-key", `"x": the key appears twice, expected once`},
		"a list":                {"---\n- a\n", 2, "manifest-invalid", "got a list, expected an object with apiVersion and kind"},
		"plain text":            {"hello\n", 1, "manifest-invalid", "got text, expected an object with apiVersion and kind"},
		"no kind":               {"# c\napiVersion: v1\n", 2, "manifest-invalid", "kind is missing, expected an object with apiVersion and kind"},
		"an empty object":       {"{}\n", 1, "manifest-invalid", "apiVersion is missing, expected an object with apiVersion and kind"},
		"no name":               {"apiVersion: v1\nkind: Service\n", 1, "manifest-invalid", "Service: metadata.name is missing"},
		"a number as name":      {service + "123\n", 1, "manifest-invalid", "Service metadata.name: got 123, expected text; quote it"},
		"an item without kind":  {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n", 4, "manifest-invalid", "kind is missing, expected an object with apiVersion and kind"},
		"infinity":              {service + "a\nspec: {x: .inf}\n", 1, "yaml-syntax", "number +Inf cannot be written as JSON"},
		"metadata that is text": {"apiVersion: v1\nkind: Service\nmetadata: a\n", 1, "manifest-invalid", `Service metadata: got "a", expected a mapping`},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := ReadManifest(test.text)
			if len(problems) != 1 {
				t.Fatalf("got %+v, expected one problem", problems)
			}
			got := problems[0]
			if got.Line != test.line || got.Code() != test.code || test.message != "" && got.Message != test.message {
				t.Errorf("got %s line %d %q,\nexpected %s line %d %q", got.Code(), got.Line, got.Message, test.code, test.line, test.message)
			}
		})
	}
}

func TestGenerateNameStandsForAName(t *testing.T) {
	objects, problems := ReadManifest("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n")
	if len(objects) != 1 || len(problems) > 0 {
		t.Errorf("got %v, problems %v", objects, problems)
	}
}

func TestRenderedTextIsCutAsHelmCutsIt(t *testing.T) {
	got := SplitRendered("\n\n---\n# only a note\n---  \na: 1\n--- \n\n---\nb: |\n  ---\n  text\n")
	if len(got) != 3 || got[1].Text != "a: 1\n" || got[1].Line != 6 || got[2].Text != "b: |\n  ---\n  text\n" || got[2].Line != 10 {
		t.Errorf("got %+v", got)
	}
}
