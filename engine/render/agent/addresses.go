package agent

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"hash/fnv"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// ingressControllerName is that of ingress classes whose Ingresses the agent gives an address.
const ingressControllerName = "mostik.dev/simulated"

// addressGiver gives every Service of type LoadBalancer an address of its own. It starts to look at a place that follows
// from the Service's name, so that a Service made anew gets the address it had.
type addressGiver struct {
	client  kubernetes.Interface
	caches  *caches
	network netip.Prefix
}

// newAddressGiver makes a controller with one worker: two would find the same address free.
func newAddressGiver(client kubernetes.Interface, caches *caches, network netip.Prefix, logger *slog.Logger) *controller {
	giver := &addressGiver{client, caches, network}
	made := newController("load balancers", 1, logger)
	made.sync = giver.sync
	handle(caches.factory.Core().V1().Services().Informer(), made.enqueue)
	return made
}

func (g *addressGiver) sync(ctx context.Context, key string) (time.Duration, error) {
	namespace, name, _ := strings.Cut(key, "/")
	service, err := g.caches.services.Services(namespace).Get(name)
	if err != nil || service.DeletionTimestamp != nil {
		return 0, err
	}
	current := addressOf(service)
	if service.Spec.Type != corev1.ServiceTypeLoadBalancer || service.Spec.LoadBalancerClass != nil {
		if current.IsValid() && g.network.Contains(current) {
			return 0, g.write(ctx, service, nil)
		}
		return 0, nil
	}
	if len(service.Status.LoadBalancer.Ingress) > 0 {
		return 0, nil
	}
	address, err := g.choose(service)
	if err != nil {
		return 0, err
	}
	mode := corev1.LoadBalancerIPModeVIP
	if err := g.write(ctx, service, []corev1.LoadBalancerIngress{{IP: address.String(), IPMode: &mode}}); err != nil {
		return 0, err
	}
	// The next Service must see this one's address in the cache before it chooses.
	return 0, g.waitUntilSeen(ctx, namespace, name)
}

func (g *addressGiver) choose(service *corev1.Service) (netip.Addr, error) {
	services, err := g.caches.services.List(labels.Everything())
	if err != nil {
		return netip.Addr{}, err
	}
	used := map[netip.Addr]bool{ingressAddress(g.network): true}
	for _, other := range services {
		used[addressOf(other)] = true
	}
	if wanted, err := netip.ParseAddr(service.Spec.LoadBalancerIP); err == nil && g.network.Contains(wanted) && !used[wanted] {
		return wanted, nil
	}
	hash := fnv.New32a()
	hash.Write([]byte(service.Namespace + "/" + service.Name))
	address := at(g.network, hash.Sum32())
	for used[address] || isEdge(g.network, address) {
		if address = address.Next(); !g.network.Contains(address) {
			address = g.network.Addr().Next()
		}
	}
	return address, nil
}

func (g *addressGiver) write(ctx context.Context, service *corev1.Service, ingress []corev1.LoadBalancerIngress) error {
	body, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": service.UID},
		"status":   map[string]any{"loadBalancer": map[string]any{"ingress": ingress}},
	})
	if err != nil {
		return err
	}
	_, err = g.client.CoreV1().Services(service.Namespace).Patch(ctx, service.Name, types.MergePatchType, body, metav1.PatchOptions{}, "status")
	return err
}

func (g *addressGiver) waitUntilSeen(ctx context.Context, namespace, name string) error {
	for ctx.Err() == nil {
		service, err := g.caches.services.Services(namespace).Get(name)
		if err != nil || addressOf(service).IsValid() {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return ctx.Err()
}

func addressOf(service *corev1.Service) netip.Addr {
	for _, ingress := range service.Status.LoadBalancer.Ingress {
		if address, err := netip.ParseAddr(ingress.IP); err == nil {
			return address
		}
	}
	return netip.Addr{}
}

// at returns the address with that number, counted round and round, of an IPv4 network.
func at(network netip.Prefix, number uint32) netip.Addr {
	first := network.Addr().As4()
	size := uint32(1) << (32 - network.Bits())
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], binary.BigEndian.Uint32(first[:])+number%size)
	return netip.AddrFrom4(bytes)
}

// isEdge tells whether an address ends in 0 or 255, which some programs take for a network or everybody in it.
func isEdge(network netip.Prefix, address netip.Addr) bool {
	last := address.As4()[3]
	return address == network.Addr() || last == 0 || last == 255
}

// ingressAddress is where all Ingresses of the simulated class are said to be.
func ingressAddress(network netip.Prefix) netip.Addr {
	return network.Addr().Next()
}

// ingressGiver gives Ingresses of the simulated class the address of their controller.
type ingressGiver struct {
	client  kubernetes.Interface
	caches  *caches
	network netip.Prefix
}

func newIngressGiver(client kubernetes.Interface, caches *caches, network netip.Prefix, logger *slog.Logger) *controller {
	giver := &ingressGiver{client, caches, network}
	made := newController("ingresses", 1, logger)
	made.sync = giver.sync
	networking := caches.factory.Networking().V1()
	handle(networking.Ingresses().Informer(), made.enqueue)
	handle(networking.IngressClasses().Informer(), func(any) {
		ingresses, _ := caches.ingresses.List(labels.Everything())
		for _, ingress := range ingresses {
			made.enqueue(ingress)
		}
	})
	return made
}

func (g *ingressGiver) sync(ctx context.Context, key string) (time.Duration, error) {
	namespace, name, _ := strings.Cut(key, "/")
	ingress, err := g.caches.ingresses.Ingresses(namespace).Get(name)
	if err != nil || ingress.DeletionTimestamp != nil || len(ingress.Status.LoadBalancer.Ingress) > 0 || ingress.Spec.IngressClassName == nil {
		return 0, err
	}
	class, err := g.caches.ingressClasses.Get(*ingress.Spec.IngressClassName)
	if err != nil || class.Spec.Controller != ingressControllerName {
		return 0, err
	}
	address := []networkingv1.IngressLoadBalancerIngress{{IP: ingressAddress(g.network).String()}}
	body, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": ingress.UID},
		"status":   map[string]any{"loadBalancer": map[string]any{"ingress": address}},
	})
	if err != nil {
		return 0, err
	}
	_, err = g.client.NetworkingV1().Ingresses(namespace).Patch(ctx, name, types.MergePatchType, body, metav1.PatchOptions{}, "status")
	return 0, err
}
