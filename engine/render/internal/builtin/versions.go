// Package builtin knows which APIs a Kubernetes API server of a given version serves of its own accord.
package builtin

import (
	"reflect"
	"slices"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

// betaOffSince is the first minor version whose new beta APIs are off unless asked for.
const betaOffSince = 24

// The types of Kubernetes say themselves since when and until when a version is served.
type (
	introduced interface{ APILifecycleIntroduced() (int, int) }
	removed    interface{ APILifecycleRemoved() (int, int) }
)

// Versions lists "group/version" and "group/version/Kind" of what an API server 1.minor serves by default,
// sorted: what Helm asks a real server for, where its own offline list names every version that ever was.
func Versions(minor int) []string {
	// Served by every API server, but not in the scheme of client-go.
	found := map[string]bool{"apiregistration.k8s.io/v1": true, "apiregistration.k8s.io/v1/APIService": true}
	types := scheme.Scheme.AllKnownTypes()
	for kind, goType := range types {
		if serves(kind, goType, minor) {
			version := kind.GroupVersion().String()
			found[version] = true
			found[version+"/"+kind.Kind] = true
		}
	}
	group := apiextensions.SchemeGroupVersion.String()
	found[group] = true
	found[group+"/CustomResourceDefinition"] = true

	versions := make([]string, 0, len(found))
	for version := range found {
		versions = append(versions, version)
	}
	slices.Sort(versions)
	return versions
}

func serves(kind schema.GroupVersionKind, goType reflect.Type, minor int) bool {
	if kind.Version == runtime.APIVersionInternal || strings.Contains(kind.Version, "alpha") {
		return false
	}
	if kind.Kind == "RangeAllocation" {
		return false // kept in etcd, never served
	}
	value := reflect.New(goType).Interface()
	if _, isObject := value.(metav1.Object); !isObject {
		return false // lists, options and the like
	}
	since, known := minorOf(value)
	if known && since > minor {
		return false
	}
	if until, ok := value.(removed); ok {
		if major, last := until.APILifecycleRemoved(); major == 1 && last <= minor {
			return false
		}
	}
	if strings.Contains(kind.Version, "beta") {
		return known && since < betaOffSince
	}
	return true
}

func minorOf(value any) (int, bool) {
	since, ok := value.(introduced)
	if !ok {
		return 0, false
	}
	major, minor := since.APILifecycleIntroduced()
	return minor, major == 1
}
