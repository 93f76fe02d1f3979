package agent

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Annotations of a pod that say how much each of its containers uses: a percentage of its request, or a quantity.
const (
	cpuAnnotation    = "mostik.dev/simulate-cpu"
	memoryAnnotation = "mostik.dev/simulate-memory"
)

// Without an annotation a container uses a tenth of what it requests: nothing scales up by surprise.
const defaultPercent = 10

// What a container without a request is said to use.
var (
	idleCPU    = resource.MustParse("1m")
	idleMemory = resource.MustParse("16Mi")
)

func usageOf(pod *corev1.Pod, container *corev1.Container) corev1.ResourceList {
	requests := container.Resources.Requests
	return corev1.ResourceList{
		corev1.ResourceCPU:    usage(pod.Annotations[cpuAnnotation], requests.Cpu(), idleCPU, resource.DecimalSI),
		corev1.ResourceMemory: usage(pod.Annotations[memoryAnnotation], requests.Memory(), idleMemory, resource.BinarySI),
	}
}

func usage(said string, request *resource.Quantity, idle resource.Quantity, format resource.Format) resource.Quantity {
	if quantity, err := resource.ParseQuantity(said); err == nil && said != "" {
		return quantity
	}
	if request.IsZero() {
		return idle
	}
	percent := float64(defaultPercent)
	if text, ok := strings.CutSuffix(said, "%"); ok {
		if wanted, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && wanted >= 0 {
			percent = wanted
		}
	}
	if format == resource.DecimalSI {
		return *resource.NewMilliQuantity(int64(float64(request.MilliValue())*percent/100), format)
	}
	return *resource.NewQuantity(int64(float64(request.Value())*percent/100), format)
}

func addTo(sum, part corev1.ResourceList) {
	for name, quantity := range part {
		total := sum[name]
		total.Add(quantity)
		sum[name] = total
	}
}
