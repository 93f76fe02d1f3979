package agent

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// startCheckedCondition is True once a pod may start; KWOK's stages wait for it.
const startCheckedCondition corev1.PodConditionType = "mostik.dev/StartChecked"

func conditionOf(pod *corev1.Pod, kind corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == kind {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

func startChecked(pod *corev1.Pod) bool {
	condition := conditionOf(pod, startCheckedCondition)
	return condition != nil && condition.Status == corev1.ConditionTrue
}

// conditions makes those that change, keeping the time of what stays as it was.
func conditions(pod *corev1.Pod, decided verdict, statuses containerStatuses, now metav1.Time) []corev1.PodCondition {
	made := []corev1.PodCondition{
		{Type: startCheckedCondition, Status: truth(decided.start), Reason: decided.reason, Message: decided.message},
		{Type: corev1.PodInitialized, Status: truth(statuses.initialized)},
		{Type: corev1.PodReadyToStartContainers, Status: truth(decided.reason != "FailedMount" && decided.reason != "Held")},
	}
	if !statuses.initialized {
		made[1].Reason, made[1].Message = "ContainersNotInitialized", "containers with incomplete status: "+bracketed(statuses.notInitialized)
	}
	reason, message := "ContainersNotReady", "containers with unready status: "+bracketed(statuses.notReady)
	if decided.failed {
		reason, message = "PodFailed", ""
	}
	for _, kind := range []corev1.PodConditionType{corev1.ContainersReady, corev1.PodReady} {
		made = append(made, corev1.PodCondition{Type: kind, Status: corev1.ConditionFalse, Reason: reason, Message: message})
	}
	for i := range made {
		made[i].LastTransitionTime = now
		if before := conditionOf(pod, made[i].Type); before != nil && before.Status == made[i].Status {
			made[i].LastTransitionTime = before.LastTransitionTime
		}
	}
	return made
}

func truth(is bool) corev1.ConditionStatus {
	if is {
		return corev1.ConditionTrue
	}
	return corev1.ConditionFalse
}

func bracketed(names []string) string {
	return "[" + strings.Join(names, " ") + "]"
}
