package agent

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// KWOK gives up on an object when one write fails for a reason it does not know (a connection that broke, a conflict) and
// looks at it again when it changes next, which on a simulated node may be never. What should have moved on by then is
// therefore changed a little, which makes KWOK look.
const patience = 5 * time.Second

// untilNudge says how long a pod may still take to do what KWOK has to do with it; negative when nothing is expected.
func untilNudge(pod *corev1.Pod, now time.Time) time.Duration {
	since, expected := expectedSince(pod)
	if !expected {
		return -1
	}
	if checked := conditionOf(pod, startCheckedCondition); checked != nil && checked.LastProbeTime.After(since) {
		since = checked.LastProbeTime.Time
	}
	return max(since.Add(patience).Sub(now), 0)
}

// expectedSince tells since when a pod should be running, have completed, or be gone.
func expectedSince(pod *corev1.Pod) (time.Time, bool) {
	if pod.DeletionTimestamp != nil {
		// Deleted without grace: only finalizers of others hold it.
		if pod.DeletionGracePeriodSeconds == nil || *pod.DeletionGracePeriodSeconds == 0 {
			return time.Time{}, false
		}
		return pod.DeletionTimestamp.Add(-time.Duration(*pod.DeletionGracePeriodSeconds) * time.Second), true
	}
	if hasEnded(pod) || !startChecked(pod) {
		return time.Time{}, false
	}
	ready := conditionOf(pod, corev1.PodReady)
	if ready == nil || ready.Status != corev1.ConditionTrue {
		return conditionOf(pod, startCheckedCondition).LastTransitionTime.Time, true
	}
	return ready.LastTransitionTime.Time, pod.Spec.RestartPolicy != corev1.RestartPolicyAlways
}

func (s *podStarter) nudge(ctx context.Context, pod *corev1.Pod, now metav1.Time) error {
	condition := corev1.PodCondition{Type: startCheckedCondition, Status: corev1.ConditionFalse, LastTransitionTime: now}
	if before := conditionOf(pod, startCheckedCondition); before != nil {
		condition = *before
	}
	condition.LastProbeTime = now
	return s.patch(ctx, pod, corev1.PodStatus{Conditions: []corev1.PodCondition{condition}})
}

// nodeNudger makes KWOK look again at nodes that do not become Ready.
type nodeNudger struct {
	client kubernetes.Interface
	caches *caches
}

// declaredCondition is True, with what was declared as its message, once KWOK has followed a node's declaration.
const declaredCondition corev1.NodeConditionType = "mostik.dev/Declared"

func newNodeNudger(client kubernetes.Interface, caches *caches, logger *slog.Logger) *controller {
	nudger := &nodeNudger{client, caches}
	made := newController("nodes", 2, logger)
	made.sync = nudger.sync
	handle(caches.nodes.Core().V1().Nodes().Informer(), made.enqueue)
	return made
}

func (n *nodeNudger) sync(ctx context.Context, name string) (time.Duration, error) {
	node, err := n.caches.nodeLister.Get(name)
	if err != nil || node.DeletionTimestamp != nil {
		return 0, err
	}
	since := node.CreationTimestamp.Time
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady && condition.Status == corev1.ConditionTrue {
			return 0, nil
		}
		if condition.Type == corev1.NodeReady || condition.Type == declaredCondition {
			since = later(since, later(condition.LastHeartbeatTime.Time, condition.LastTransitionTime.Time))
		}
	}
	now := metav1.Now()
	if left := since.Add(patience).Sub(now.Time); left > 0 {
		return left, nil
	}
	condition := corev1.NodeCondition{
		Type: declaredCondition, Status: corev1.ConditionFalse, Reason: "Waiting", LastHeartbeatTime: now, LastTransitionTime: now,
	}
	body, err := json.Marshal(map[string]any{"status": corev1.NodeStatus{Conditions: []corev1.NodeCondition{condition}}})
	if err != nil {
		return 0, err
	}
	_, err = n.client.CoreV1().Nodes().Patch(ctx, name, types.StrategicMergePatchType, body, metav1.PatchOptions{}, "status")
	return patience, err
}

func later(one, other time.Time) time.Time {
	if other.After(one) {
		return other
	}
	return one
}
