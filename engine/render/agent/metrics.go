package agent

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const metricsGroup = "metrics.k8s.io"
const metricsVersion = metricsGroup + "/v1beta1"

// metricsWindow is over how long usage is said to have been measured; short, so that a new pod counts soon.
const metricsWindow = 10 * time.Second

type podMetrics struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Timestamp         metav1.Time        `json:"timestamp"`
	Window            metav1.Duration    `json:"window"`
	Containers        []containerMetrics `json:"containers"`
}

type containerMetrics struct {
	Name  string              `json:"name"`
	Usage corev1.ResourceList `json:"usage"`
}

type nodeMetrics struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Timestamp         metav1.Time         `json:"timestamp"`
	Window            metav1.Duration     `json:"window"`
	Usage             corev1.ResourceList `json:"usage"`
}

type metricsList[T any] struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata"`
	Items           []T `json:"items"`
}

// metricsRoutes serves metrics.k8s.io for pods on simulated nodes.
func metricsRoutes(caches *caches) http.Handler {
	routes := http.NewServeMux()
	base := "GET /apis/" + metricsVersion
	routes.HandleFunc("GET /apis/"+metricsGroup, func(response http.ResponseWriter, _ *http.Request) { answer(response, metricsAPIGroup()) })
	routes.HandleFunc(base, func(response http.ResponseWriter, _ *http.Request) { answer(response, metricsResources()) })
	routes.HandleFunc(base+"/pods", func(response http.ResponseWriter, request *http.Request) { caches.listPods(response, request, "") })
	routes.HandleFunc(base+"/namespaces/{namespace}/pods", func(response http.ResponseWriter, request *http.Request) {
		caches.listPods(response, request, request.PathValue("namespace"))
	})
	routes.HandleFunc(base+"/namespaces/{namespace}/pods/{name}", caches.getPod)
	routes.HandleFunc(base+"/nodes", caches.listNodes)
	routes.HandleFunc(base+"/nodes/{name}", caches.getNode)
	routes.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) {
		refuse(response, http.StatusNotFound, "no such resource")
	})
	return routes
}

func (c *caches) listPods(response http.ResponseWriter, request *http.Request, namespace string) {
	selector, err := labels.Parse(request.URL.Query().Get("labelSelector"))
	if err != nil {
		refuse(response, http.StatusBadRequest, err.Error())
		return
	}
	pods, err := c.podLister.Pods(namespace).List(selector)
	if err != nil {
		refuse(response, http.StatusInternalServerError, err.Error())
		return
	}
	list := metricsList[podMetrics]{TypeMeta: metav1.TypeMeta{APIVersion: metricsVersion, Kind: "PodMetricsList"}, Items: []podMetrics{}}
	for _, pod := range pods {
		if made := c.podMetrics(pod); made != nil {
			list.Items = append(list.Items, *made)
		}
	}
	answer(response, list)
}

func (c *caches) getPod(response http.ResponseWriter, request *http.Request) {
	pod, err := c.podLister.Pods(request.PathValue("namespace")).Get(request.PathValue("name"))
	if err != nil {
		refuse(response, http.StatusNotFound, err.Error())
		return
	}
	made := c.podMetrics(pod)
	if made == nil {
		refuse(response, http.StatusNotFound, fmt.Sprintf("pod %s/%s does not run on a simulated node", pod.Namespace, pod.Name))
		return
	}
	answer(response, made)
}

func (c *caches) listNodes(response http.ResponseWriter, request *http.Request) {
	selector, err := labels.Parse(request.URL.Query().Get("labelSelector"))
	if err != nil {
		refuse(response, http.StatusBadRequest, err.Error())
		return
	}
	nodes, err := c.nodeLister.List(selector)
	if err != nil {
		refuse(response, http.StatusInternalServerError, err.Error())
		return
	}
	list := metricsList[nodeMetrics]{TypeMeta: metav1.TypeMeta{APIVersion: metricsVersion, Kind: "NodeMetricsList"}, Items: []nodeMetrics{}}
	for _, node := range nodes {
		list.Items = append(list.Items, c.nodeMetrics(node))
	}
	answer(response, list)
}

func (c *caches) getNode(response http.ResponseWriter, request *http.Request) {
	node, err := c.nodeLister.Get(request.PathValue("name"))
	if err != nil {
		refuse(response, http.StatusNotFound, err.Error())
		return
	}
	answer(response, c.nodeMetrics(node))
}

// podMetrics is nil for a pod that does not run, or not on a simulated node.
func (c *caches) podMetrics(pod *corev1.Pod) *podMetrics {
	if pod.Status.Phase != corev1.PodRunning || !c.isSimulated(pod) {
		return nil
	}
	made := &podMetrics{
		TypeMeta:   metav1.TypeMeta{APIVersion: metricsVersion, Kind: "PodMetrics"},
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, Labels: pod.Labels, CreationTimestamp: pod.CreationTimestamp},
		Timestamp:  metav1.Now(),
		Window:     metav1.Duration{Duration: metricsWindow},
	}
	for i := range pod.Spec.Containers {
		container := &pod.Spec.Containers[i]
		made.Containers = append(made.Containers, containerMetrics{container.Name, usageOf(pod, container)})
	}
	return made
}

func (c *caches) nodeMetrics(node *corev1.Node) nodeMetrics {
	usage := corev1.ResourceList{}
	pods, err := c.pods.GetIndexer().ByIndex(podsByNode, node.Name)
	if err != nil {
		panic(err) // the index is made with the cache
	}
	for _, object := range pods {
		pod := object.(*corev1.Pod)
		for i := range pod.Spec.Containers {
			if pod.Status.Phase == corev1.PodRunning {
				addTo(usage, usageOf(pod, &pod.Spec.Containers[i]))
			}
		}
	}
	return nodeMetrics{
		TypeMeta:   metav1.TypeMeta{APIVersion: metricsVersion, Kind: "NodeMetrics"},
		ObjectMeta: metav1.ObjectMeta{Name: node.Name, Labels: node.Labels, CreationTimestamp: node.CreationTimestamp},
		Timestamp:  metav1.Now(),
		Window:     metav1.Duration{Duration: metricsWindow},
		Usage:      usage,
	}
}

func metricsAPIGroup() metav1.APIGroup {
	version := metav1.GroupVersionForDiscovery{GroupVersion: metricsVersion, Version: "v1beta1"}
	return metav1.APIGroup{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "APIGroup"}, Name: metricsGroup,
		Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
	}
}

func metricsResources() metav1.APIResourceList {
	verbs := metav1.Verbs{"get", "list"}
	return metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{APIVersion: "v1", Kind: "APIResourceList"},
		GroupVersion: metricsVersion,
		APIResources: []metav1.APIResource{
			{Name: "nodes", Kind: "NodeMetrics", Verbs: verbs},
			{Name: "pods", Kind: "PodMetrics", Namespaced: true, Verbs: verbs},
		},
	}
}

func answer(response http.ResponseWriter, value any) {
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(value) // the caller has gone: nobody is left to tell
}

func refuse(response http.ResponseWriter, code int, message string) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(code)
	_ = json.NewEncoder(response).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
		Status:   metav1.StatusFailure, Code: int32(code), Message: message,
		Reason: metav1.StatusReason(strings.ReplaceAll(http.StatusText(code), " ", "")),
	})
}
