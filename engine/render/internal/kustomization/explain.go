package kustomization

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mostik.dev/engine/render/internal/wire"
)

var (
	// Layers that kustomize puts around the telling part of an error.
	layers = []*regexp.Regexp{
		regexp.MustCompile(`^accumulating (?:resources|components): `),
		regexp.MustCompile(`^accumulation err='(?:accumulating|merging) resources from '[^']*': [^']*': `),
		regexp.MustCompile(`^accumulating resources from '[^']*': `),
		regexp.MustCompile(`^recursed (?:accumulation|merging) (?:of|from) path '[^']*': `),
		regexp.MustCompile(`^merging resources from '[^']*': `),
		regexp.MustCompile(`^couldn't make target for path '[^']*': `),
		regexp.MustCompile(`^accumulateDirectory: "(.*)"$`),
		regexp.MustCompile(`^trouble configuring builtin \w+ with config: `),
	}
	// When a file is no object, kustomize tries it as a folder and reports both; the first counts.
	notAFolder  = regexp.MustCompile(`accumulation err='(?:accumulating|merging) resources from '([^']*)': (.*)': must build at directory: .*$`)
	duplicateID = regexp.MustCompile(`may not add resource with an already registered id: (\S+?)'?(?::|$)`)
	noPatch     = regexp.MustCompile(`no (?:matches|resource matches) (?:for Id|strategic merge patch) "?([^;"]+?)"?(?:; .*)?$`)
	pointer     = regexp.MustCompile(`(?:^|[ '"])(/[\w.~-]+(?:/[\w.~-]+)+)`)
)

// explain keeps the telling part of kustomize's error and finds a place for it.
func (t *tree) explain(err error) wire.Diagnostic {
	message := telling(err.Error())
	top := t.files[0]
	if match := duplicateID.FindStringSubmatch(message); match != nil {
		id := plainID(match[1])
		file, line := t.secondOf(id)
		return kustomizeError(firstOf(file, top.path), line, id.String()+": the object comes twice, expected once")
	}
	if match := noPatch.FindStringSubmatch(message); match != nil {
		id := plainID(match[1])
		file, line := t.patchOf(id)
		return kustomizeError(firstOf(file, top.path), line, "patch: "+id.String()+": no such object to patch")
	}
	file, line := t.mentioned(message)
	return kustomizeError(file, line, message)
}

func telling(message string) string {
	if match := notAFolder.FindStringSubmatch(message); match != nil {
		message = match[1] + ": " + match[2]
	}
	for changed := true; changed; {
		changed = false
		for _, layer := range layers {
			match := layer.FindStringSubmatch(message)
			if match == nil {
				continue
			}
			changed = true
			if len(match) > 1 {
				message = strings.ReplaceAll(match[1], `\"`, `"`)
			} else {
				message = message[len(match[0]):]
			}
		}
	}
	return strings.TrimSpace(message)
}

// objectID is kustomize's name of an object: KIND.VERSION.GROUP/NAME.NAMESPACE.
type objectID struct{ kind, name, namespace string }

func plainID(text string) objectID {
	kind, name, _ := strings.Cut(text, "/")
	id := objectID{kind: strings.SplitN(kind, ".", 2)[0]}
	id.name, id.namespace, _ = cutLast(name, ".")
	if strings.HasPrefix(id.namespace, "[") {
		id.namespace = ""
	}
	return id
}

func cutLast(text, separator string) (string, string, bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}

func (id objectID) String() string {
	if id.namespace == "" {
		return id.kind + " " + id.name
	}
	return id.kind + " " + id.namespace + "/" + id.name
}

// secondOf finds the file that brings an object which is there already.
func (t *tree) secondOf(id objectID) (string, int) {
	seen := false
	for _, file := range t.files {
		if file.node == nil {
			continue
		}
		for _, node := range listFields[0].nodes(file.node) {
			path := filepath.Join(filepath.Dir(file.path), node.Value)
			for _, object := range t.manifests[path] {
				if object.Kind != id.kind || object.Name != id.name {
					continue
				}
				if seen {
					return path, object.Line
				}
				seen = true
			}
		}
	}
	return "", 0
}

// patchOf finds the patch for an object, in a file of its own or in the kustomization.
func (t *tree) patchOf(id objectID) (string, int) {
	for _, patch := range t.patches {
		for _, object := range patch.objects {
			if object.Kind == id.kind && object.Name == id.name {
				return patch.file, patch.before + object.Line
			}
		}
	}
	return "", 0
}

// mentioned finds what the message speaks of: a path inside an object that one line names,
// or else the entry of a kustomization with the longest name that the message holds.
func (t *tree) mentioned(message string) (string, int) {
	for _, match := range pointer.FindAllStringSubmatch(message, -1) {
		if file, line := t.onlyLine(match[1]); line > 0 {
			return file, line
		}
	}
	best, at, line := 0, t.files[0].path, 0
	for _, file := range t.files {
		if file.node == nil {
			continue
		}
		for _, field := range listFields {
			for _, node := range field.nodes(file.node) {
				name := filepath.Base(node.Value)
				if len(name) > best && len(name) > 2 && strings.Contains(message, name) {
					best, at, line = len(name), file.path, node.Line
				}
			}
		}
	}
	return at, line
}

// onlyLine finds the one line of all kustomizations and patches that holds the text.
func (t *tree) onlyLine(text string) (string, int) {
	found, at := "", 0
	for _, path := range slices.Sorted(maps.Keys(t.texts)) {
		for i, line := range strings.Split(t.texts[path], "\n") {
			if !strings.Contains(line, text) {
				continue
			}
			if at > 0 {
				return "", 0
			}
			found, at = path, i+1
		}
	}
	return found, at
}
