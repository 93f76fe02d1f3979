package examine

import (
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/admissionregistration"
	admissionregistrationv1 "k8s.io/kubernetes/pkg/apis/admissionregistration/v1"
	"k8s.io/kubernetes/pkg/apis/apps"
	appsv1 "k8s.io/kubernetes/pkg/apis/apps/v1"
	"k8s.io/kubernetes/pkg/apis/autoscaling"
	autoscalingv1 "k8s.io/kubernetes/pkg/apis/autoscaling/v1"
	autoscalingv2 "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	"k8s.io/kubernetes/pkg/apis/batch"
	batchv1 "k8s.io/kubernetes/pkg/apis/batch/v1"
	"k8s.io/kubernetes/pkg/apis/coordination"
	coordinationv1 "k8s.io/kubernetes/pkg/apis/coordination/v1"
	"k8s.io/kubernetes/pkg/apis/core"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/discovery"
	discoveryv1 "k8s.io/kubernetes/pkg/apis/discovery/v1"
	"k8s.io/kubernetes/pkg/apis/networking"
	networkingv1 "k8s.io/kubernetes/pkg/apis/networking/v1"
	"k8s.io/kubernetes/pkg/apis/node"
	nodev1 "k8s.io/kubernetes/pkg/apis/node/v1"
	"k8s.io/kubernetes/pkg/apis/policy"
	policyv1 "k8s.io/kubernetes/pkg/apis/policy/v1"
	"k8s.io/kubernetes/pkg/apis/rbac"
	rbacv1 "k8s.io/kubernetes/pkg/apis/rbac/v1"
	"k8s.io/kubernetes/pkg/apis/scheduling"
	schedulingv1 "k8s.io/kubernetes/pkg/apis/scheduling/v1"
	"k8s.io/kubernetes/pkg/apis/storage"
	storagev1 "k8s.io/kubernetes/pkg/apis/storage/v1"

	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/resolver"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/endpoint"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/discovery/endpointslice"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// groups are registered on demand and not by Kubernetes' install packages, whose initialisers would run in every
// process of this binary. The scheme is the one that the strategies refer to.
var groups = []func(*runtime.Scheme) error{
	admissionregistration.AddToScheme, admissionregistrationv1.AddToScheme,
	apps.AddToScheme, appsv1.AddToScheme,
	autoscaling.AddToScheme, autoscalingv2.AddToScheme, autoscalingv1.AddToScheme,
	batch.AddToScheme, batchv1.AddToScheme,
	coordination.AddToScheme, coordinationv1.AddToScheme,
	core.AddToScheme, corev1.AddToScheme,
	discovery.AddToScheme, discoveryv1.AddToScheme,
	networking.AddToScheme, networkingv1.AddToScheme,
	node.AddToScheme, nodev1.AddToScheme,
	policy.AddToScheme, policyv1.AddToScheme,
	rbac.AddToScheme, rbacv1.AddToScheme,
	scheduling.AddToScheme, schedulingv1.AddToScheme,
	storage.AddToScheme, storagev1.AddToScheme,
}

// strategies are what the API server runs on create, by group and kind.
func strategies() map[schema.GroupKind]rest.RESTCreateStrategy {
	resolve := resolver.ResourceResolverFunc(func(kind schema.GroupVersionKind) (schema.GroupVersionResource, error) {
		return resourceOf(kind), nil
	})
	return map[schema.GroupKind]rest.RESTCreateStrategy{
		{Group: "admissionregistration.k8s.io", Kind: "MutatingWebhookConfiguration"}:     mutatingwebhookconfiguration.Strategy,
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicy"}:        validatingadmissionpolicy.NewStrategy(nil, resolve),
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingAdmissionPolicyBinding"}: validatingadmissionpolicybinding.NewStrategy(nil, nil, resolve),
		{Group: "admissionregistration.k8s.io", Kind: "ValidatingWebhookConfiguration"}:   validatingwebhookconfiguration.Strategy,
		{Group: "apps", Kind: "DaemonSet"}:                                                daemonset.Strategy,
		{Group: "apps", Kind: "Deployment"}:                                               deployment.Strategy,
		{Group: "apps", Kind: "ReplicaSet"}:                                               replicaset.Strategy,
		{Group: "apps", Kind: "StatefulSet"}:                                              statefulset.Strategy,
		{Group: "autoscaling", Kind: "HorizontalPodAutoscaler"}:                           horizontalpodautoscaler.Strategy,
		{Group: "batch", Kind: "CronJob"}:                                                 cronjob.Strategy,
		{Group: "batch", Kind: "Job"}:                                                     job.Strategy,
		{Group: "coordination.k8s.io", Kind: "Lease"}:                                     lease.Strategy,
		{Group: "discovery.k8s.io", Kind: "EndpointSlice"}:                                endpointslice.Strategy,
		{Group: "networking.k8s.io", Kind: "Ingress"}:                                     ingress.Strategy,
		{Group: "networking.k8s.io", Kind: "IngressClass"}:                                ingressclass.Strategy,
		{Group: "networking.k8s.io", Kind: "NetworkPolicy"}:                               networkpolicy.Strategy,
		{Group: "node.k8s.io", Kind: "RuntimeClass"}:                                      runtimeclass.Strategy,
		{Group: "policy", Kind: "PodDisruptionBudget"}:                                    poddisruptionbudget.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"}:                         clusterrole.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "ClusterRoleBinding"}:                  clusterrolebinding.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "Role"}:                                role.Strategy,
		{Group: "rbac.authorization.k8s.io", Kind: "RoleBinding"}:                         rolebinding.Strategy,
		{Group: "scheduling.k8s.io", Kind: "PriorityClass"}:                               priorityclass.Strategy,
		{Group: "storage.k8s.io", Kind: "CSIDriver"}:                                      csidriver.Strategy,
		{Group: "storage.k8s.io", Kind: "StorageClass"}:                                   storageclass.Strategy,
		{Kind: "ConfigMap"}:             configmap.Strategy,
		{Kind: "Endpoints"}:             endpoint.Strategy,
		{Kind: "LimitRange"}:            limitrange.Strategy,
		{Kind: "Namespace"}:             namespace.Strategy,
		{Kind: "PersistentVolume"}:      persistentvolume.Strategy,
		{Kind: "PersistentVolumeClaim"}: persistentvolumeclaim.Strategy,
		{Kind: "Pod"}:                   pod.Strategy,
		{Kind: "PodTemplate"}:           podtemplate.Strategy,
		{Kind: "ReplicationController"}: replicationcontroller.Strategy,
		{Kind: "ResourceQuota"}:         resourcequota.Strategy,
		{Kind: "Secret"}:                secret.Strategy,
		{Kind: "Service"}:               service.Strategy,
		{Kind: "ServiceAccount"}:        serviceaccount.Strategy,
	}
}

// server holds what an API server knows without a cluster.
type server struct {
	scheme     *runtime.Scheme
	strategies map[schema.GroupKind]rest.RESTCreateStrategy
	equivalent runtime.EquivalentResourceRegistry
}

// newServer registers the kinds; once a process.
func newServer() *server {
	scheme := legacyscheme.Scheme
	if !scheme.IsGroupRegistered("apps") {
		for _, add := range groups {
			utilruntime.Must(add(scheme))
		}
	}
	s := &server{scheme: scheme, strategies: strategies(), equivalent: runtime.NewEquivalentResourceRegistry()}
	for kind := range scheme.AllKnownTypes() {
		if _, ours := s.strategies[kind.GroupKind()]; ours && kind.Version != runtime.APIVersionInternal {
			s.equivalent.RegisterKindFor(resourceOf(kind), "", kind)
		}
	}
	return s
}

// resourceOf names the resource of a kind as Kubernetes' own kinds and nearly all others do.
func resourceOf(kind schema.GroupVersionKind) schema.GroupVersionResource {
	plural, _ := meta.UnsafeGuessKindToResource(kind)
	return plural
}
