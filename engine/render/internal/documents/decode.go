package documents

import (
	"fmt"
	"regexp"
	"strings"
)

var wrongType = regexp.MustCompile(`json: cannot unmarshal (\w+) into Go (?:struct field \w+\.(\S+)|value) of type (\S+)`)

// WrongType says in words that a field holds another type than its Go type; false for any other error.
func WrongType(err error) (field, message string, ok bool) {
	match := wrongType.FindStringSubmatch(err.Error())
	if match == nil {
		return "", "", false
	}
	return match[2], fmt.Sprintf("got %s, expected %s", plainType(match[1]), plainType(match[3])), true
}

// plainType says a type of JSON or Go in words of YAML.
func plainType(name string) string {
	switch {
	case name == "array" || strings.HasPrefix(name, "[]"):
		return "a list"
	case name == "object" || strings.HasPrefix(name, "map["):
		return "a mapping"
	case name == "string":
		return "text"
	case name == "bool":
		return "true or false"
	case name == "number" || strings.HasPrefix(name, "int") || strings.HasPrefix(name, "float"):
		return "a number"
	case strings.Contains(name, "."):
		return "a mapping"
	default:
		return name
	}
}
