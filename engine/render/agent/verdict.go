package agent

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Annotations of a pod that say how it behaves on a simulated node.
const (
	readyAfterAnnotation = "mostik.dev/simulate-ready-after" // a duration, or never
	crashAnnotation      = "mostik.dev/simulate-crash"       // true, or names of containers
	imageErrorAnnotation = "mostik.dev/simulate-image-error" // true, or names of containers
)

// Reasons that a container waits, the words a kubelet uses.
const (
	creating     = "ContainerCreating"
	initializing = "PodInitializing"
	configError  = "CreateContainerConfigError"
	imageBackOff = "ImagePullBackOff"
	crashBackOff = "CrashLoopBackOff"
)

// verdict says whether a pod may start and, where not, what each container waits for.
type verdict struct {
	start bool
	// reason and message become the condition mostik.dev/StartChecked.
	reason, message string
	// waiting is by container name; containers that are not in it wait to be created.
	waiting map[string]corev1.ContainerStateWaiting
	// crashed containers have ended with an error.
	crashed map[string]bool
	// failed pods are not started again.
	failed bool
	// again is when the verdict may change by itself.
	again time.Duration
}

// judge decides about a pod that is bound to a simulated node and has not ended.
func judge(pod *corev1.Pod, found findings, now time.Time) verdict {
	if len(found.volumes) > 0 {
		return verdict{reason: "FailedMount", message: strings.Join(found.volumes, "; ")}
	}
	if names := named(pod, imageErrorAnnotation); len(names) > 0 {
		return imageError(pod, names)
	}
	if len(found.containers) > 0 {
		return configurationError(pod, found.containers)
	}
	if held := hold(pod, now); held != nil {
		return *held
	}
	if names := named(pod, crashAnnotation); len(names) > 0 {
		return crash(pod, names, now)
	}
	return verdict{start: true, reason: "Checked", message: "everything that the containers need is there"}
}

func imageError(pod *corev1.Pod, names []string) verdict {
	waiting := map[string]corev1.ContainerStateWaiting{}
	for _, container := range containersOf(pod) {
		if slices.Contains(names, container.Name) {
			message := fmt.Sprintf("pulling image %q fails, as %s asks for", container.Image, imageErrorAnnotation)
			waiting[container.Name] = corev1.ContainerStateWaiting{Reason: imageBackOff, Message: message}
		}
	}
	return verdict{reason: imageBackOff, message: firstMessage(pod, waiting), waiting: waiting}
}

func configurationError(pod *corev1.Pod, problems map[string]string) verdict {
	waiting := map[string]corev1.ContainerStateWaiting{}
	for name, problem := range problems {
		waiting[name] = corev1.ContainerStateWaiting{Reason: configError, Message: problem}
	}
	return verdict{reason: configError, message: firstMessage(pod, waiting), waiting: waiting}
}

// hold keeps a pod from starting for as long as its annotation says, counted from when it was bound to its node.
func hold(pod *corev1.Pod, now time.Time) *verdict {
	text := pod.Annotations[readyAfterAnnotation]
	if text == "" || startChecked(pod) {
		return nil
	}
	if text == "never" {
		return &verdict{reason: "Held", message: fmt.Sprintf("%s keeps it from starting", readyAfterAnnotation)}
	}
	wanted, err := time.ParseDuration(text)
	if err != nil {
		return &verdict{reason: "Held", message: fmt.Sprintf("%s: expected a duration such as 90s or 10m, or never; got %q", readyAfterAnnotation, text)}
	}
	left := boundAt(pod).Add(wanted).Sub(now)
	if left <= 0 {
		return nil
	}
	return &verdict{reason: "Held", message: fmt.Sprintf("%s holds it for %s", readyAfterAnnotation, wanted), again: left}
}

func boundAt(pod *corev1.Pod) time.Time {
	if condition := conditionOf(pod, corev1.PodScheduled); condition != nil && !condition.LastTransitionTime.IsZero() {
		return condition.LastTransitionTime.Time
	}
	return pod.CreationTimestamp.Time
}

func crash(pod *corev1.Pod, names []string, now time.Time) verdict {
	message := fmt.Sprintf("the container ends with exit code 1, as %s asks for", crashAnnotation)
	result := verdict{reason: crashBackOff, message: message, crashed: map[string]bool{}, waiting: map[string]corev1.ContainerStateWaiting{}}
	for _, name := range names {
		result.crashed[name] = true
		result.waiting[name] = corev1.ContainerStateWaiting{Reason: crashBackOff, Message: message}
	}
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
		result.failed = true
		return result
	}
	result.again = untilNextRestart(pod, result.crashed, now)
	return result
}

// backOff is how long a container that crashed that often waits before it is started again.
func backOff(restarts int32) time.Duration {
	const first, longest = 10 * time.Second, 5 * time.Minute
	return min(first<<min(restarts, 5), longest)
}

// untilNextRestart is 0 for a pod whose containers have not crashed before.
func untilNextRestart(pod *corev1.Pod, crashed map[string]bool, now time.Time) time.Duration {
	for _, status := range pod.Status.ContainerStatuses {
		if ended := status.LastTerminationState.Terminated; crashed[status.Name] && ended != nil {
			return max(ended.FinishedAt.Add(backOff(status.RestartCount)).Sub(now), 0)
		}
	}
	return 0
}

// named reads an annotation that is true, or a list of container names.
func named(pod *corev1.Pod, annotation string) []string {
	text := strings.TrimSpace(pod.Annotations[annotation])
	if text == "" || text == "false" {
		return nil
	}
	var all []string
	for _, container := range pod.Spec.Containers {
		all = append(all, container.Name)
	}
	if text == "true" {
		return all
	}
	wanted := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	return slices.DeleteFunc(all, func(name string) bool { return !slices.Contains(wanted, name) })
}

func firstMessage(pod *corev1.Pod, waiting map[string]corev1.ContainerStateWaiting) string {
	for _, container := range containersOf(pod) {
		if state, ok := waiting[container.Name]; ok {
			return fmt.Sprintf("container %q: %s", container.Name, state.Message)
		}
	}
	return ""
}
