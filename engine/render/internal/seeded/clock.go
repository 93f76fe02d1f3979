package seeded

import (
	"errors"
	"slices"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// Epoch is the time that templates see.
var Epoch = time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC)

// clockFunctions are those of sprig with the clock stopped; times that a template brings stay what they are.
func (s *Source) clockFunctions() template.FuncMap {
	format := func(layout string, value any, zone string) string {
		location, err := time.LoadLocation(zone)
		if err != nil || zone == "Local" {
			location = time.UTC
		}
		return s.moment(value).In(location).Format(layout)
	}
	const day = "2006-01-02"
	inZone := func(layout string, value any, zone string) string { return format(layout, value, zone) }
	return template.FuncMap{
		"now":            func() time.Time { return s.now() },
		"ago":            func(value any) string { return s.now().Sub(s.moment(value)).Round(time.Second).String() },
		"date":           func(layout string, value any) string { return format(layout, value, "UTC") },
		"dateInZone":     inZone,
		"date_in_zone":   inZone,
		"htmlDate":       func(value any) string { return format(day, value, "UTC") },
		"htmlDateInZone": func(value any, zone string) string { return format(day, value, zone) },
		"durationRound":  s.durationRound,
		"toDate": func(layout, text string) time.Time {
			parsed, _ := time.ParseInLocation(layout, text, time.UTC)
			return parsed
		},
		"mustToDate": func(layout, text string) (time.Time, error) {
			return time.ParseInLocation(layout, text, time.UTC)
		},
	}
}

func (s *Source) now() time.Time {
	s.clock = true
	return Epoch
}

// moment reads a date as sprig does: a time, seconds since 1970, or else the present.
func (s *Source) moment(value any) time.Time {
	switch value := value.(type) {
	case time.Time:
		return value
	case *time.Time:
		return *value
	case int64:
		return time.Unix(value, 0)
	case int:
		return time.Unix(int64(value), 0)
	case int32:
		return time.Unix(int64(value), 0)
	default:
		return s.now()
	}
}

// durationRound of a time is the time since then.
func (s *Source) durationRound(value any) string {
	round, ok := sprig.TxtFuncMap()["durationRound"].(func(any) string)
	if !ok {
		panic("durationRound of sprig has another signature than expected")
	}
	if moment, ok := value.(time.Time); ok {
		return round(s.now().Sub(moment).String())
	}
	return round(value)
}

// clusterFunctions answer without a cluster and without a network.
func (s *Source) clusterFunctions() template.FuncMap {
	return template.FuncMap{
		"lookup": func(apiVersion, kind, namespace, name string) (map[string]any, error) {
			asked := describeLookup(apiVersion, kind, namespace, name)
			if !slices.Contains(s.lookups, asked) {
				s.lookups = append(s.lookups, asked)
			}
			return map[string]any{}, nil
		},
		"getHostByName": func(host string) (string, error) {
			return "", errors.New("host " + host + ": names are not looked up while rendering; give the address as a value")
		},
	}
}

func describeLookup(apiVersion, kind, namespace, name string) string {
	if name == "" {
		name = "all"
	}
	if namespace != "" {
		name = namespace + "/" + name
	}
	return apiVersion + " " + kind + " " + name
}

// orderedFunctions are those of sprig that walk a mapping, with its keys in order:
// Go's own order differs from one run to the next.
func orderedFunctions() template.FuncMap {
	return template.FuncMap{
		"keys": func(mappings ...map[string]any) []string {
			all := []string{}
			for _, mapping := range mappings {
				all = append(all, sortedKeys(mapping)...)
			}
			return all
		},
		"values": func(mapping map[string]any) []any {
			all := []any{}
			for _, key := range sortedKeys(mapping) {
				all = append(all, mapping[key])
			}
			return all
		},
	}
}

func sortedKeys(mapping map[string]any) []string {
	keys := make([]string, 0, len(mapping))
	for key := range mapping {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
