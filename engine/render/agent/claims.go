package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/record"
)

// provisionerName is that of storage classes whose claims the agent binds.
const provisionerName = "mostik.dev/simulated"

// Annotations by which the volume controller and a provisioner agree.
const (
	provisionerAnnotation   = "volume.kubernetes.io/storage-provisioner"
	provisionedByAnnotation = "pv.kubernetes.io/provisioned-by"
)

// claimBinder makes a volume for every claim that the volume controller hands over, and lets it grow. It stands in for the controller
// manager's own host-path provisioner, which puts all volumes of all users of a machine below one folder in /tmp.
type claimBinder struct {
	client kubernetes.Interface
	caches *caches
	events record.EventRecorder
	folder volumeFolder
}

// volumeFolder is the folder below which claims get theirs, and whether these are made with the volume.
type volumeFolder struct {
	path string
	make bool
}

func newClaimBinder(client kubernetes.Interface, caches *caches, events record.EventRecorder, folder volumeFolder, logger *slog.Logger) *controller {
	binder := &claimBinder{client, caches, events, folder}
	made := newController("claims", 4, logger)
	made.sync = binder.sync
	handle(caches.factory.Core().V1().PersistentVolumeClaims().Informer(), made.enqueue)
	return made
}

func (b *claimBinder) sync(ctx context.Context, key string) (time.Duration, error) {
	namespace, name, _ := strings.Cut(key, "/")
	claim, err := b.caches.claims.PersistentVolumeClaims(namespace).Get(name)
	if err != nil || claim.Annotations[provisionerAnnotation] != provisionerName || claim.DeletionTimestamp != nil {
		return 0, err
	}
	switch {
	case claim.Status.Phase == corev1.ClaimBound:
		return 0, b.grow(ctx, claim)
	case claim.Spec.VolumeName == "" && claim.Spec.StorageClassName != nil:
		return 0, b.provision(ctx, claim)
	default:
		return 0, nil
	}
}

func (b *claimBinder) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	class, err := b.caches.storageClasses.Get(*claim.Spec.StorageClassName)
	if err != nil {
		// The volume controller has seen the class, so this cache will soon; no event of the claim would tell.
		return fmt.Errorf("storage class: %s", err)
	}
	volume := b.volumeFor(claim)
	if class.ReclaimPolicy != nil {
		volume.Spec.PersistentVolumeReclaimPolicy = *class.ReclaimPolicy
	}
	volume.Spec.MountOptions = class.MountOptions
	if b.folder.make {
		if err := makeWritable(volume.Spec.HostPath.Path); err != nil {
			return err
		}
	}
	_, err = b.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	if err == nil {
		b.events.Eventf(claim, corev1.EventTypeNormal, "ProvisioningSucceeded", "made volume %s", volume.Name)
	}
	return err
}

// makeWritable makes a folder that every user may write to: the kubelet would make one for root alone, and leaves its owner
// alone, whatever fsGroup a pod has. The folder above is closed to everybody else on the machine.
func makeWritable(path string) error {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	return os.Chmod(path, 0o777)
}

// grow gives a claim that asks for more than it has what it asks for: first the volume, then the claim.
func (b *claimBinder) grow(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	wanted, given := claim.Spec.Resources.Requests[corev1.ResourceStorage], claim.Status.Capacity[corev1.ResourceStorage]
	if wanted.Cmp(given) <= 0 {
		return nil
	}
	capacity := map[string]any{"capacity": map[string]any{"storage": wanted.String()}}
	spec, err := json.Marshal(map[string]any{"spec": capacity})
	if err != nil {
		return err
	}
	if _, err = b.client.CoreV1().PersistentVolumes().Patch(ctx, claim.Spec.VolumeName, types.MergePatchType, spec, metav1.PatchOptions{}); err != nil {
		return err
	}
	status, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": claim.UID}, "status": capacity})
	if err != nil {
		return err
	}
	claims := b.client.CoreV1().PersistentVolumeClaims(claim.Namespace)
	_, err = claims.Patch(ctx, claim.Name, types.MergePatchType, status, metav1.PatchOptions{}, "status")
	if err == nil {
		b.events.Eventf(claim, corev1.EventTypeNormal, "VolumeResizeSuccessful", "the volume has %s", wanted.String())
	}
	return err
}

func (b *claimBinder) volumeFor(claim *corev1.PersistentVolumeClaim) *corev1.PersistentVolume {
	name := fmt.Sprintf("pvc-%s", claim.UID)
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedByAnnotation: provisionerName}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimDelete,
			StorageClassName:              *claim.Spec.StorageClassName,
			VolumeMode:                    claim.Spec.VolumeMode,
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1", Kind: claimKind, Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				// Without a folder made with it, made by whoever mounts it first: simulated pods never do.
				HostPath: &corev1.HostPathVolumeSource{Path: filepath.Join(b.folder.path, name), Type: new(corev1.HostPathDirectoryOrCreate)},
			},
		},
	}
}

// volumeRemover deletes volumes whose claim is gone, if their policy says so.
type volumeRemover struct {
	client kubernetes.Interface
	caches *caches
	folder string
}

func newVolumeRemover(client kubernetes.Interface, caches *caches, folder string, logger *slog.Logger) *controller {
	remover := &volumeRemover{client, caches, folder}
	made := newController("volumes", 2, logger)
	made.sync = remover.sync
	handle(caches.factory.Core().V1().PersistentVolumes().Informer(), made.enqueue)
	return made
}

func (r *volumeRemover) sync(ctx context.Context, name string) (time.Duration, error) {
	volume, err := r.caches.volumes.Get(name)
	if err != nil || volume.Annotations[provisionedByAnnotation] != provisionerName || volume.DeletionTimestamp != nil {
		return 0, err
	}
	if volume.Status.Phase != corev1.VolumeReleased || volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
		return 0, nil
	}
	// The path is worked out anew: the one in the object may have been changed to point anywhere.
	if filepath.IsAbs(r.folder) && strings.HasPrefix(name, "pvc-") {
		if err := os.RemoveAll(filepath.Join(r.folder, filepath.Base(name))); err != nil {
			return 0, err
		}
	}
	return 0, r.client.CoreV1().PersistentVolumes().Delete(ctx, name, metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(volume.UID))})
}
