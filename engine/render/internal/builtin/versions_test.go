package builtin

import (
	"slices"
	"strings"
	"testing"
)

func TestAVersionServesWhatItsAPIServerServes(t *testing.T) {
	for _, test := range []struct {
		minor int
		api   string
		want  bool
	}{
		{36, "v1", true},
		{36, "v1/Pod", true},
		{36, "apps/v1/Deployment", true},
		{36, "networking.k8s.io/v1/Ingress", true},
		{36, "apiextensions.k8s.io/v1/CustomResourceDefinition", true},
		{36, "apiregistration.k8s.io/v1/APIService", true},
		{36, "gateway.networking.k8s.io/v1", false},
		// gone
		{36, "extensions/v1beta1", false},
		{36, "policy/v1beta1", false},
		{36, "apps/v1beta2/Deployment", false},
		{36, "batch/v1beta1", false},
		// served at that time
		{24, "batch/v1beta1/CronJob", true},
		{25, "batch/v1beta1/CronJob", false},
		{24, "policy/v1beta1/PodDisruptionBudget", true},
		// not yet
		{32, "networking.k8s.io/v1/ServiceCIDR", false},
		{33, "networking.k8s.io/v1/ServiceCIDR", true},
		{29, "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", false},
		{30, "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy", true},
		// beta that is off unless asked for
		{31, "networking.k8s.io/v1beta1/ServiceCIDR", false},
		{36, "resource.k8s.io/v1beta1", false},
		// no objects of their own
		{36, "v1/PodList", false},
		{36, "meta.k8s.io/v1", false},
	} {
		if got := slices.Contains(Versions(test.minor), test.api); got != test.want {
			t.Errorf("1.%d serves %s: got %t, expected %t", test.minor, test.api, got, test.want)
		}
	}
}

func TestVersionsAreSortedAndHoldNoAlpha(t *testing.T) {
	versions := Versions(36)
	if !slices.IsSorted(versions) {
		t.Error("not sorted")
	}
	for _, version := range versions {
		if strings.Contains(version, "alpha") {
			t.Errorf("%s is alpha, expected none", version)
		}
	}
}
