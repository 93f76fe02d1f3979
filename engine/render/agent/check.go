package agent

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// findings are the reasons why a kubelet could not start a pod, in the order it would meet them.
type findings struct {
	// volumes that cannot be set up: no container is created before all can.
	volumes []string
	// containers that cannot be configured, by name.
	containers map[string]string
	// pullSecrets that are missing: worth a warning, since the image may be public or there already.
	pullSecrets []string
}

// check looks at everything a kubelet needs besides images, which are never pulled on simulated nodes.
func (c *caches) check(pod *corev1.Pod) findings {
	found := findings{containers: map[string]string{}}
	mounted := mountedVolumes(pod)
	for i := range pod.Spec.Volumes {
		volume := &pod.Spec.Volumes[i]
		if !mounted[volume.Name] {
			continue // a kubelet sets up what some container mounts
		}
		for _, each := range sourcesOf(pod, volume) {
			if problem := c.sourceProblem(pod.Namespace, each); problem != "" {
				found.volumes = append(found.volumes, fmt.Sprintf("volume %q: %s", volume.Name, problem))
			}
		}
	}
	for _, container := range containersOf(pod) {
		if problem := c.environmentProblem(pod.Namespace, &container); problem != "" {
			found.containers[container.Name] = problem
		}
	}
	for _, secret := range pod.Spec.ImagePullSecrets {
		if _, err := c.secrets.Secrets(pod.Namespace).Get(secret.Name); err != nil {
			found.pullSecrets = append(found.pullSecrets, secret.Name)
		}
	}
	return found
}

func mountedVolumes(pod *corev1.Pod) map[string]bool {
	mounted := map[string]bool{}
	for _, container := range containersOf(pod) {
		for _, mount := range container.VolumeMounts {
			mounted[mount.Name] = true
		}
		for _, device := range container.VolumeDevices {
			mounted[device.Name] = true
		}
	}
	return mounted
}

func (c *caches) sourceProblem(namespace string, from source) string {
	switch from.kind {
	case accountKind:
		if _, err := c.serviceAccounts.ServiceAccounts(namespace).Get(from.name); err != nil {
			return fmt.Sprintf("no token: serviceaccount %q not found", from.name)
		}
		return ""
	case claimKind:
		return c.claimProblem(namespace, from.name)
	default:
		keys, exists := c.keys(from.kind, namespace, from.name)
		return missing(from, keys, exists)
	}
}

func (c *caches) claimProblem(namespace, name string) string {
	claim, err := c.claims.PersistentVolumeClaims(namespace).Get(name)
	switch {
	case err != nil:
		return fmt.Sprintf("persistentvolumeclaim %q not found", name)
	case claim.DeletionTimestamp != nil:
		return fmt.Sprintf("persistentvolumeclaim %q is being deleted", name)
	case claim.Status.Phase != corev1.ClaimBound:
		return fmt.Sprintf("persistentvolumeclaim %q is not bound (%s)", name, claim.Status.Phase)
	default:
		return ""
	}
}

func (c *caches) environmentProblem(namespace string, container *corev1.Container) string {
	for _, each := range environmentSources(container) {
		keys, exists := c.keys(each.kind, namespace, each.name)
		if problem := missing(each, keys, exists); problem != "" {
			return problem
		}
	}
	return ""
}

func environmentSources(container *corev1.Container) []source {
	var all []source
	for _, from := range container.EnvFrom {
		switch {
		case from.ConfigMapRef != nil:
			all = append(all, source{configMapKind, from.ConfigMapRef.Name, nil, isTrue(from.ConfigMapRef.Optional)})
		case from.SecretRef != nil:
			all = append(all, source{secretKind, from.SecretRef.Name, nil, isTrue(from.SecretRef.Optional)})
		}
	}
	for _, variable := range container.Env {
		if variable.ValueFrom == nil {
			continue
		}
		if ref := variable.ValueFrom.ConfigMapKeyRef; ref != nil {
			all = append(all, source{configMapKind, ref.Name, []string{ref.Key}, isTrue(ref.Optional)})
		}
		if ref := variable.ValueFrom.SecretKeyRef; ref != nil {
			all = append(all, source{secretKind, ref.Name, []string{ref.Key}, isTrue(ref.Optional)})
		}
	}
	return all
}

// keys lists the keys of a ConfigMap or Secret.
func (c *caches) keys(kind, namespace, name string) (keys []string, exists bool) {
	if kind == secretKind {
		secret, err := c.secrets.Secrets(namespace).Get(name)
		if err != nil {
			return nil, false
		}
		for key := range secret.Data {
			keys = append(keys, key)
		}
		return keys, true
	}
	configMap, err := c.configMaps.ConfigMaps(namespace).Get(name)
	if err != nil {
		return nil, false
	}
	for key := range configMap.Data {
		keys = append(keys, key)
	}
	for key := range configMap.BinaryData {
		keys = append(keys, key)
	}
	return keys, true
}

func missing(from source, keys []string, exists bool) string {
	kind := "configmap"
	if from.kind == secretKind {
		kind = "secret"
	}
	if from.optional {
		return ""
	}
	if !exists {
		return fmt.Sprintf("%s %q not found", kind, from.name)
	}
	for _, key := range from.keys {
		if !slices.Contains(keys, key) {
			return fmt.Sprintf("%s %q has no key %q", kind, from.name, key)
		}
	}
	return ""
}
