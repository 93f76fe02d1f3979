package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
)

// podStarter lets pods on simulated nodes start when a kubelet could start them.
type podStarter struct {
	client kubernetes.Interface
	caches *caches
	events record.EventRecorder
}

func newPodStarter(client kubernetes.Interface, caches *caches, events record.EventRecorder, logger *slog.Logger) *controller {
	starter := &podStarter{client, caches, events}
	made := newController("pods", 8, logger)
	made.sync = starter.sync
	handle(caches.pods, made.enqueue)
	core := caches.factory.Core().V1()
	for kind, informer := range map[string]cache.SharedIndexInformer{
		configMapKind: core.ConfigMaps().Informer(),
		secretKind:    core.Secrets().Informer(),
		claimKind:     core.PersistentVolumeClaims().Informer(),
		accountKind:   core.ServiceAccounts().Informer(),
	} {
		handle(informer, func(object any) {
			if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
				starter.enqueueIndexed(made, podsByReference, kind+"/"+key)
			}
		})
	}
	// A pod may be bound before the agent has heard of its node.
	handle(caches.nodes.Core().V1().Nodes().Informer(), func(object any) {
		if name, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			starter.enqueueIndexed(made, podsByNode, name)
		}
	})
	return made
}

func (s *podStarter) enqueueIndexed(into *controller, index, key string) {
	pods, err := s.caches.pods.GetIndexer().ByIndex(index, key)
	if err != nil {
		panic(err) // the index is made with the cache
	}
	for _, pod := range pods {
		if !startChecked(pod.(*corev1.Pod)) {
			into.enqueue(pod)
		}
	}
}

func (s *podStarter) sync(ctx context.Context, key string) (time.Duration, error) {
	namespace, name, _ := strings.Cut(key, "/")
	pod, err := s.caches.podLister.Pods(namespace).Get(name)
	if err != nil || !s.caches.isSimulated(pod) {
		return 0, err
	}
	now := time.Now()
	if left := untilNudge(pod, now); left == 0 {
		return patience, s.nudge(ctx, pod, metav1.NewTime(now))
	} else if hasEnded(pod) {
		return max(left, 0), nil
	}
	found := findings{}
	if !startChecked(pod) {
		found = s.caches.check(pod)
	}
	decided := judge(pod, found, now)
	if !s.differs(pod, decided) {
		return soonest(decided.again, untilNudge(pod, now)), nil
	}
	if err := s.patch(ctx, pod, s.statusFor(pod, decided, metav1.NewTime(now))); err != nil {
		return 0, err
	}
	s.tell(pod, decided, found)
	if len(decided.crashed) > 0 && !decided.failed {
		return backOff(restartsOf(pod, decided) + 1), nil
	}
	return decided.again, nil
}

func hasEnded(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp != nil || pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// differs tells whether a pod has yet to show what was decided.
func (s *podStarter) differs(pod *corev1.Pod, decided verdict) bool {
	shown := conditionOf(pod, startCheckedCondition)
	if shown == nil || shown.Status != truth(decided.start) || shown.Reason != decided.reason || shown.Message != decided.message {
		return true
	}
	// A container in its back-off is started, and crashes, again when its time has come.
	return len(decided.crashed) > 0 && decided.again == 0
}

func (s *podStarter) patch(ctx context.Context, pod *corev1.Pod, status corev1.PodStatus) error {
	body, err := json.Marshal(map[string]any{
		// Another pod of the same name must not get this one's status.
		"metadata": map[string]any{"uid": pod.UID},
		"status":   status,
	})
	if err != nil {
		return err
	}
	_, err = s.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, body, metav1.PatchOptions{}, "status")
	return err
}

// soonest is the shorter of two times to wait, of which those that are not above zero mean never.
func soonest(one, other time.Duration) time.Duration {
	if one <= 0 || (other > 0 && other < one) {
		return max(other, 0)
	}
	return one
}

// statusFor is the part of the status that the agent writes. A pod that may start is left to KWOK but for one condition
// and, when it is new, for its containers being created.
func (s *podStarter) statusFor(pod *corev1.Pod, decided verdict, now metav1.Time) corev1.PodStatus {
	statuses := statusesFor(pod, decided, now)
	status := corev1.PodStatus{Conditions: conditions(pod, decided, statuses, now)}
	if decided.start {
		status.Conditions = status.Conditions[:1]
	}
	if pod.Status.StartTime == nil {
		status.StartTime = &now
		status.HostIP = s.hostIP(pod)
	}
	if !decided.start || len(pod.Status.ContainerStatuses) == 0 {
		status.InitContainerStatuses, status.ContainerStatuses = statuses.init, statuses.main
		status.Phase = statuses.phase
	}
	return status
}

func (s *podStarter) hostIP(pod *corev1.Pod) string {
	node, err := s.caches.nodeLister.Get(pod.Spec.NodeName)
	if err != nil {
		return ""
	}
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return address.Address
		}
	}
	return ""
}

// tell makes the events a kubelet would make.
func (s *podStarter) tell(pod *corev1.Pod, decided verdict, found findings) {
	for _, secret := range found.pullSecrets {
		s.events.Eventf(pod, corev1.EventTypeWarning, "FailedToRetrieveImagePullSecret",
			"imagePullSecret %q not found; pulling the image may fail", secret)
	}
	switch {
	case decided.start:
		s.events.Event(pod, corev1.EventTypeNormal, "Started", "simulated: containers do not run")
	case decided.reason == "FailedMount":
		s.events.Event(pod, corev1.EventTypeWarning, "FailedMount", decided.message)
	case decided.reason == crashBackOff:
		s.events.Event(pod, corev1.EventTypeWarning, "BackOff", decided.message)
	case decided.reason == configError, decided.reason == imageBackOff:
		s.events.Event(pod, corev1.EventTypeWarning, "Failed", fmt.Sprintf("%s: %s", decided.reason, decided.message))
	}
}

func restartsOf(pod *corev1.Pod, decided verdict) int32 {
	restarts := int32(-1)
	for _, status := range pod.Status.ContainerStatuses {
		if decided.crashed[status.Name] && status.LastTerminationState.Terminated != nil {
			restarts = max(restarts, status.RestartCount)
		}
	}
	return restarts
}
