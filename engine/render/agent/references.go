package agent

import corev1 "k8s.io/api/core/v1"

// Kinds a pod may refer to, as the first part of a reference.
const (
	configMapKind = "ConfigMap"
	secretKind    = "Secret"
	claimKind     = "PersistentVolumeClaim"
	accountKind   = "ServiceAccount"
)

// reference names an object that pods wait for: Kind/namespace/name.
func reference(kind, namespace, name string) string {
	return kind + "/" + namespace + "/" + name
}

// references lists everything whose coming or changing may let a pod start.
func references(pod *corev1.Pod) []string {
	seen := map[string]bool{}
	var all []string
	add := func(kind, name string) {
		key := reference(kind, pod.Namespace, name)
		if name != "" && !seen[key] {
			seen[key] = true
			all = append(all, key)
		}
	}
	add(accountKind, pod.Spec.ServiceAccountName)
	for _, container := range containersOf(pod) {
		for _, source := range container.EnvFrom {
			if source.ConfigMapRef != nil {
				add(configMapKind, source.ConfigMapRef.Name)
			}
			if source.SecretRef != nil {
				add(secretKind, source.SecretRef.Name)
			}
		}
		for _, variable := range container.Env {
			if from := variable.ValueFrom; from != nil && from.ConfigMapKeyRef != nil {
				add(configMapKind, from.ConfigMapKeyRef.Name)
			} else if from != nil && from.SecretKeyRef != nil {
				add(secretKind, from.SecretKeyRef.Name)
			}
		}
	}
	for i := range pod.Spec.Volumes {
		for _, source := range sourcesOf(pod, &pod.Spec.Volumes[i]) {
			add(source.kind, source.name)
		}
	}
	return all
}

// containersOf lists a pod's containers in the order they start.
func containersOf(pod *corev1.Pod) []corev1.Container {
	return append(append([]corev1.Container{}, pod.Spec.InitContainers...), pod.Spec.Containers...)
}

// source is one object behind a volume; without keys the whole of it.
type source struct {
	kind, name string
	keys       []string
	optional   bool
}

func sourcesOf(pod *corev1.Pod, volume *corev1.Volume) []source {
	switch {
	case volume.ConfigMap != nil:
		return []source{{configMapKind, volume.ConfigMap.Name, keysOf(volume.ConfigMap.Items), isTrue(volume.ConfigMap.Optional)}}
	case volume.Secret != nil:
		return []source{{secretKind, volume.Secret.SecretName, keysOf(volume.Secret.Items), isTrue(volume.Secret.Optional)}}
	case volume.PersistentVolumeClaim != nil:
		return []source{{kind: claimKind, name: volume.PersistentVolumeClaim.ClaimName}}
	case volume.Ephemeral != nil:
		return []source{{kind: claimKind, name: pod.Name + "-" + volume.Name}}
	case volume.Projected != nil:
		return projectedSources(pod, volume.Projected)
	default:
		return nil
	}
}

func projectedSources(pod *corev1.Pod, projected *corev1.ProjectedVolumeSource) []source {
	var all []source
	for _, each := range projected.Sources {
		switch {
		case each.ConfigMap != nil:
			all = append(all, source{configMapKind, each.ConfigMap.Name, keysOf(each.ConfigMap.Items), isTrue(each.ConfigMap.Optional)})
		case each.Secret != nil:
			all = append(all, source{secretKind, each.Secret.Name, keysOf(each.Secret.Items), isTrue(each.Secret.Optional)})
		case each.ServiceAccountToken != nil:
			all = append(all, source{kind: accountKind, name: pod.Spec.ServiceAccountName})
		}
	}
	return all
}

func keysOf(items []corev1.KeyToPath) []string {
	keys := make([]string, len(items))
	for i, item := range items {
		keys[i] = item.Key
	}
	return keys
}

func isTrue(flag *bool) bool {
	return flag != nil && *flag
}
