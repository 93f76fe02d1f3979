package agent

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// containerStatuses is what a pod that may not start, or not yet, shows of its containers.
type containerStatuses struct {
	init, main               []corev1.ContainerStatus
	initialized              bool
	notInitialized, notReady []string
	phase                    corev1.PodPhase
}

// statusesFor follows the order in which a kubelet starts containers: up to the first init container that waits, then
// all others side by side.
func statusesFor(pod *corev1.Pod, decided verdict, now metav1.Time) containerStatuses {
	// Before the check of a pod has succeeded or with volumes missing, nothing at all is created.
	none := len(decided.waiting) == 0
	made := containerStatuses{initialized: len(pod.Spec.InitContainers) == 0, phase: corev1.PodPending}
	blocked := none
	for _, container := range pod.Spec.InitContainers {
		status := corev1.ContainerStatus{Name: container.Name, Image: container.Image}
		waiting, waits := decided.waiting[container.Name]
		switch {
		case blocked || waits:
			if !waits {
				waiting = corev1.ContainerStateWaiting{Reason: initializing}
			}
			blocked = true
			status.State.Waiting = &waiting
			made.notInitialized = append(made.notInitialized, container.Name)
		case container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways:
			status.Ready, status.Started = true, new(true)
			status.State.Running = &corev1.ContainerStateRunning{StartedAt: now}
		default:
			status.Ready = true
			status.State.Terminated = &corev1.ContainerStateTerminated{Reason: "Completed", StartedAt: now, FinishedAt: now}
		}
		made.init = append(made.init, status)
	}
	made.initialized = made.initialized || !blocked
	for _, container := range pod.Spec.Containers {
		status := mainStatus(pod, &container, decided, blocked, now)
		if !status.Ready {
			made.notReady = append(made.notReady, container.Name)
		}
		made.main = append(made.main, status)
	}
	made.phase = phaseOf(decided)
	return made
}

func mainStatus(pod *corev1.Pod, container *corev1.Container, decided verdict, blocked bool, now metav1.Time) corev1.ContainerStatus {
	status := corev1.ContainerStatus{Name: container.Name, Image: container.Image, Started: new(false)}
	waiting, waits := decided.waiting[container.Name]
	switch {
	case blocked:
		reason := creating
		if len(pod.Spec.InitContainers) > 0 {
			reason = initializing
		}
		status.State.Waiting = &corev1.ContainerStateWaiting{Reason: reason}
	case decided.crashed[container.Name]:
		crashed(pod, &status, waiting, decided.failed, now)
	case waits:
		status.State.Waiting = &waiting
	default:
		status.Ready, status.Started = true, new(true)
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: now}
	}
	return status
}

// crashed fills in a container that has ended with an error once more than it has so far.
func crashed(pod *corev1.Pod, status *corev1.ContainerStatus, waiting corev1.ContainerStateWaiting, finally bool, now metav1.Time) {
	ended := &corev1.ContainerStateTerminated{ExitCode: 1, Reason: "Error", StartedAt: now, FinishedAt: now}
	if finally {
		status.State.Terminated = ended
		return
	}
	for _, before := range pod.Status.ContainerStatuses {
		if before.Name == status.Name && before.LastTerminationState.Terminated != nil {
			status.RestartCount = before.RestartCount + 1
		}
	}
	status.State.Waiting = &waiting
	status.LastTerminationState.Terminated = ended
}

func phaseOf(decided verdict) corev1.PodPhase {
	switch {
	case decided.failed:
		return corev1.PodFailed
	case len(decided.crashed) > 0:
		return corev1.PodRunning
	default:
		return corev1.PodPending // a container that has never run keeps the whole pod pending
	}
}
