package examine

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/util/compatibility"
	basecompatibility "k8s.io/component-base/compatibility"
	"k8s.io/kubernetes/pkg/capabilities"
)

// oldest and newest are the minor versions whose defaults, validation and CEL libraries this binary can reproduce.
func knownVersions(effective basecompatibility.EffectiveVersion) (oldest, newest *version.Version) {
	newest = effective.BinaryVersion()
	return newest.SubtractMinor(3), newest
}

// emulate sets the process to the feature gates and CEL libraries of a Kubernetes minor version, or of the nearest known
// one, and says which it is. It is global to the process, as it is in an API server: one process, one request.
func emulate(asked string) (string, error) {
	wanted, err := version.ParseGeneric(asked)
	if err != nil {
		return "", fmt.Errorf("kubeVersion: got %q, expected a version such as 1.36", asked)
	}
	registry := compatibility.DefaultComponentGlobalsRegistry
	effective, ok := registry.EffectiveVersionFor(basecompatibility.DefaultKubeComponent).(basecompatibility.MutableEffectiveVersion)
	if !ok {
		return "", fmt.Errorf("kubeVersion: the version of Kubernetes cannot be set in this binary")
	}
	oldest, newest := knownVersions(effective)
	wanted = version.MajorMinor(wanted.Major(), wanted.Minor())
	if wanted.LessThan(oldest) {
		wanted = oldest
	}
	if newest.LessThan(wanted) {
		wanted = newest
	}
	effective.SetEmulationVersion(wanted)
	if err := registry.Set(); err != nil {
		return "", fmt.Errorf("kubeVersion: %w", err)
	}
	// As every cluster does that runs its own network or storage; whether a pod may be privileged is for policies to say.
	capabilities.Setup(true, 0)
	return wanted.String(), nil
}
