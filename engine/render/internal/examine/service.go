package examine

import "k8s.io/kubernetes/pkg/apis/core"

// normalizeClusterIPs does what the storage of Services does before they are validated: who sets clusterIP alone, as
// a headless Service does, means clusterIPs too.
func normalizeClusterIPs(service *core.Service) {
	if service.Spec.ClusterIP != "" && len(service.Spec.ClusterIPs) == 0 {
		service.Spec.ClusterIPs = []string{service.Spec.ClusterIP}
	}
}
