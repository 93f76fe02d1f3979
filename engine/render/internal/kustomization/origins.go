package kustomization

import (
	"fmt"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/types"
)

const buildMetadata = "buildMetadata"

// withOrigins asks kustomize, in a copy of the kustomization, to note where each object comes from.
// It tells whether the kustomization asked for that by itself.
func withOrigins(text []byte) (changed []byte, asked bool, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil || len(document.Content) == 0 {
		return text, false, err
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return text, false, nil
	}
	option := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: types.OriginAnnotations}
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value != buildMetadata {
			continue
		}
		list := top.Content[i+1]
		if list.Kind != yaml.SequenceNode {
			return text, false, fmt.Errorf("%s: expected a list", buildMetadata)
		}
		for _, item := range list.Content {
			if item.Value == types.OriginAnnotations {
				return text, true, nil
			}
		}
		list.Content = append(list.Content, option)
		changed, err = yaml.Marshal(&document)
		return changed, false, err
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: buildMetadata}
	top.Content = append(top.Content, key, &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{option}})
	changed, err = yaml.Marshal(&document)
	return changed, false, err
}
