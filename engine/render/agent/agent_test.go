package agent

import (
	"net/netip"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func podWith(annotations map[string]string, containers ...corev1.Container) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", Annotations: annotations}}
	pod.CreationTimestamp = metav1.NewTime(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))
	pod.Spec.RestartPolicy = corev1.RestartPolicyAlways
	pod.Spec.Containers = containers
	return pod
}

func TestAPodWithEverythingStarts(t *testing.T) {
	decided := judge(podWith(nil, corev1.Container{Name: "app"}), findings{}, time.Now())
	if !decided.start || decided.again != 0 {
		t.Fatalf("expected it to start, got %+v", decided)
	}
}

func TestAMissingVolumeKeepsAllContainersFromBeingCreated(t *testing.T) {
	pod := podWith(nil, corev1.Container{Name: "app"}, corev1.Container{Name: "helper"})
	decided := judge(pod, findings{volumes: []string{`volume "v": secret "s" not found`}}, time.Now())
	statuses := statusesFor(pod, decided, metav1.Now())
	if decided.reason != "FailedMount" || statuses.phase != corev1.PodPending || len(statuses.notReady) != 2 {
		t.Fatalf("got %+v with %+v", decided, statuses)
	}
	if waiting := statuses.main[1].State.Waiting; waiting == nil || waiting.Reason != creating {
		t.Fatalf("expected the second container to wait for its creation, got %+v", statuses.main[1].State)
	}
}

func TestAContainerWithoutItsConfigurationLeavesTheOthersRunning(t *testing.T) {
	pod := podWith(nil, corev1.Container{Name: "app"}, corev1.Container{Name: "helper"})
	decided := judge(pod, findings{containers: map[string]string{"app": `secret "s" not found`}}, time.Now())
	statuses := statusesFor(pod, decided, metav1.Now())
	if statuses.main[0].State.Waiting.Reason != configError || !statuses.main[1].Ready || statuses.phase != corev1.PodPending {
		t.Fatalf("got %+v", statuses)
	}
}

func TestAnInitContainerWithoutItsConfigurationHoldsEverythingBehindIt(t *testing.T) {
	pod := podWith(nil, corev1.Container{Name: "app"})
	pod.Spec.InitContainers = []corev1.Container{{Name: "first"}, {Name: "second"}, {Name: "third"}}
	decided := judge(pod, findings{containers: map[string]string{"second": `configmap "c" not found`}}, time.Now())
	statuses := statusesFor(pod, decided, metav1.Now())
	if statuses.initialized || statuses.init[0].State.Terminated == nil {
		t.Fatalf("expected the first to have completed and the pod not to be initialized, got %+v", statuses)
	}
	if statuses.init[1].State.Waiting.Reason != configError || statuses.init[2].State.Waiting.Reason != initializing || statuses.main[0].State.Waiting.Reason != initializing {
		t.Fatalf("got %+v", statuses)
	}
}

func TestAHeldPodIsLookedAtAgainWhenItsTimeHasCome(t *testing.T) {
	pod := podWith(map[string]string{readyAfterAnnotation: "10m"}, corev1.Container{Name: "app"})
	early := judge(pod, findings{}, pod.CreationTimestamp.Add(4*time.Minute))
	if early.start || early.again != 6*time.Minute {
		t.Fatalf("expected six more minutes, got %+v", early)
	}
	if late := judge(pod, findings{}, pod.CreationTimestamp.Add(10*time.Minute)); !late.start {
		t.Fatalf("expected it to start, got %+v", late)
	}
}

func TestAHoldThatIsNoDurationIsSaid(t *testing.T) {
	decided := judge(podWith(map[string]string{readyAfterAnnotation: "soon"}, corev1.Container{Name: "app"}), findings{}, time.Now())
	if decided.start || decided.reason != "Held" {
		t.Fatalf("got %+v", decided)
	}
}

func TestACrashedContainerIsStartedAgainLaterAndLater(t *testing.T) {
	pod := podWith(map[string]string{crashAnnotation: "app"}, corev1.Container{Name: "app"}, corev1.Container{Name: "helper"})
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	first := judge(pod, findings{}, now)
	statuses := statusesFor(pod, first, metav1.NewTime(now))
	if first.again != 0 || statuses.main[0].RestartCount != 0 || !statuses.main[1].Ready || statuses.phase != corev1.PodRunning {
		t.Fatalf("got %+v with %+v", first, statuses)
	}
	pod.Status.ContainerStatuses = statuses.main
	if waits := judge(pod, findings{}, now.Add(4*time.Second)); waits.again != 6*time.Second {
		t.Fatalf("expected six seconds left of ten, got %s", waits.again)
	}
	second := statusesFor(pod, judge(pod, findings{}, now.Add(10*time.Second)), metav1.NewTime(now.Add(10*time.Second)))
	if second.main[0].RestartCount != 1 || backOff(1) != 20*time.Second || backOff(40) != 5*time.Minute {
		t.Fatalf("got %+v", second.main[0])
	}
}

func TestAPodThatIsNeverRestartedFails(t *testing.T) {
	pod := podWith(map[string]string{crashAnnotation: "true"}, corev1.Container{Name: "app"})
	pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	decided := judge(pod, findings{}, time.Now())
	if statuses := statusesFor(pod, decided, metav1.Now()); !decided.failed || statuses.phase != corev1.PodFailed {
		t.Fatalf("got %+v", decided)
	}
}

func TestOptionalSourcesAreNeverMissed(t *testing.T) {
	for _, each := range []struct {
		from   source
		keys   []string
		exists bool
		want   string
	}{
		{source{secretKind, "s", nil, false}, nil, false, `secret "s" not found`},
		{source{secretKind, "s", []string{"a"}, false}, []string{"b"}, true, `secret "s" has no key "a"`},
		{source{configMapKind, "c", []string{"a"}, false}, []string{"a"}, true, ""},
		{source{configMapKind, "c", []string{"a"}, true}, nil, false, ""},
		{source{configMapKind, "c", []string{"a"}, true}, []string{"b"}, true, ""},
	} {
		if got := missing(each.from, each.keys, each.exists); got != each.want {
			t.Errorf("%+v: expected %q, got %q", each.from, each.want, got)
		}
	}
}

func TestUsageIsATenthOfTheRequestUnlessSaid(t *testing.T) {
	container := corev1.Container{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("200m")}}}
	for said, want := range map[string]string{"": "20m", "80%": "160m", "350m": "350m", "nonsense": "20m"} {
		used := usageOf(podWith(map[string]string{cpuAnnotation: said}), &container)
		if got := used[corev1.ResourceCPU]; got.Cmp(resource.MustParse(want)) != 0 {
			t.Errorf("%q: expected %s, got %s", said, want, got.String())
		}
	}
}

func TestAddressesStayInTheirNetwork(t *testing.T) {
	network := netip.MustParsePrefix("198.18.0.0/15")
	for _, number := range []uint32{0, 1, 131071, 131072, 1 << 31} {
		if address := at(network, number); !network.Contains(address) {
			t.Errorf("%d gives %s", number, address)
		}
	}
	if !isEdge(network, netip.MustParseAddr("198.18.0.0")) || !isEdge(network, netip.MustParseAddr("198.18.7.255")) {
		t.Error("expected the first and the last address of a block to be left out")
	}
}

func TestAPodThatShouldHaveMovedOnIsNudgedAfterItsTime(t *testing.T) {
	start := metav1.NewTime(time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC))
	pod := podWith(nil, corev1.Container{Name: "app"})
	if left := untilNudge(pod, start.Time); left >= 0 {
		t.Fatalf("expected nothing of a pod that is not checked, got %s", left)
	}
	pod.Status.Conditions = []corev1.PodCondition{{Type: startCheckedCondition, Status: corev1.ConditionTrue, LastTransitionTime: start}}
	if left := untilNudge(pod, start.Add(2*time.Second)); left != 3*time.Second {
		t.Fatalf("expected three seconds left, got %s", left)
	}
	if left := untilNudge(pod, start.Add(time.Minute)); left != 0 {
		t.Fatalf("expected it to be due, got %s", left)
	}
	pod.Status.Conditions[0].LastProbeTime = metav1.NewTime(start.Add(time.Minute))
	if left := untilNudge(pod, start.Add(time.Minute)); left != patience {
		t.Fatalf("expected a nudge to buy time, got %s", left)
	}
	pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: start})
	if left := untilNudge(pod, start.Add(time.Hour)); left >= 0 {
		t.Fatalf("expected nothing of a pod that runs for ever, got %s", left)
	}
	pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	if left := untilNudge(pod, start.Add(time.Hour)); left != 0 {
		t.Fatalf("expected a job's pod to have completed, got %s", left)
	}
}

func TestADeletedPodIsNudgedUntilItsGraceIsGone(t *testing.T) {
	start := metav1.NewTime(time.Date(2026, 1, 1, 12, 0, 30, 0, time.UTC))
	pod := podWith(nil, corev1.Container{Name: "app"})
	pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = &start, new(int64(30))
	if left := untilNudge(pod, start.Add(-28*time.Second)); left != 3*time.Second {
		t.Fatalf("expected three seconds left, got %s", left)
	}
	pod.DeletionGracePeriodSeconds = new(int64(0))
	if left := untilNudge(pod, start.Add(time.Hour)); left >= 0 {
		t.Fatalf("expected finalizers of others to be waited for, got %s", left)
	}
}
