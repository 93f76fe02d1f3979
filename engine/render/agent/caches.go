package agent

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
)

// simulatedLabel is on nodes whose containers do not run.
const simulatedLabel = "mostik.dev/simulated"

// Indexes of the pod cache.
const (
	podsByNode      = "node"
	podsByReference = "reference"
)

// caches hold what the agent decides by. Values of Secrets and ConfigMaps are not kept: only their keys matter.
type caches struct {
	factory informers.SharedInformerFactory
	nodes   informers.SharedInformerFactory

	pods            cache.SharedIndexInformer
	podLister       corelisters.PodLister
	nodeLister      corelisters.NodeLister
	configMaps      corelisters.ConfigMapLister
	secrets         corelisters.SecretLister
	serviceAccounts corelisters.ServiceAccountLister
	claims          corelisters.PersistentVolumeClaimLister
	volumes         corelisters.PersistentVolumeLister
	services        corelisters.ServiceLister
	storageClasses  storagelisters.StorageClassLister
	ingresses       networkinglisters.IngressLister
	ingressClasses  networkinglisters.IngressClassLister
}

func newCaches(client kubernetes.Interface) *caches {
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim))
	nodes := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithTransform(slim),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = simulatedLabel + "=true" }))
	core := factory.Core().V1()
	made := &caches{
		factory:         factory,
		nodes:           nodes,
		pods:            core.Pods().Informer(),
		podLister:       core.Pods().Lister(),
		nodeLister:      nodes.Core().V1().Nodes().Lister(),
		configMaps:      core.ConfigMaps().Lister(),
		secrets:         core.Secrets().Lister(),
		serviceAccounts: core.ServiceAccounts().Lister(),
		claims:          core.PersistentVolumeClaims().Lister(),
		volumes:         core.PersistentVolumes().Lister(),
		services:        core.Services().Lister(),
		storageClasses:  factory.Storage().V1().StorageClasses().Lister(),
		ingresses:       factory.Networking().V1().Ingresses().Lister(),
		ingressClasses:  factory.Networking().V1().IngressClasses().Lister(),
	}
	err := made.pods.AddIndexers(cache.Indexers{
		podsByNode: func(object any) ([]string, error) { return []string{object.(*corev1.Pod).Spec.NodeName}, nil },
		podsByReference: func(object any) ([]string, error) {
			pod := object.(*corev1.Pod)
			if startChecked(pod) {
				return nil, nil // a container that runs does not look again
			}
			return references(pod), nil
		},
	})
	if err != nil {
		panic(err) // the informer has not been started
	}
	return made
}

// start fills the caches and returns when all of them are full, or when the context ends.
func (c *caches) start(ctx context.Context) {
	for _, factory := range []informers.SharedInformerFactory{c.nodes, c.factory} {
		factory.Start(ctx.Done())
	}
	for _, factory := range []informers.SharedInformerFactory{c.nodes, c.factory} {
		factory.WaitForCacheSync(ctx.Done())
	}
}

// isSimulated tells whether a pod is bound to a node of ours.
func (c *caches) isSimulated(pod *corev1.Pod) bool {
	if pod.Spec.NodeName == "" {
		return false
	}
	_, err := c.nodeLister.Get(pod.Spec.NodeName)
	return err == nil
}

func slim(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	switch kept := object.(type) {
	case *corev1.Secret:
		for key := range kept.Data {
			kept.Data[key] = nil
		}
		delete(kept.Annotations, corev1.LastAppliedConfigAnnotation)
	case *corev1.ConfigMap:
		for key := range kept.Data {
			kept.Data[key] = ""
		}
		for key := range kept.BinaryData {
			kept.BinaryData[key] = nil
		}
		delete(kept.Annotations, corev1.LastAppliedConfigAnnotation)
	}
	return object, nil
}
