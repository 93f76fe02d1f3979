package agent

import (
	"context"
	"log/slog"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// controller brings the objects whose keys are in its queue to where they should be, again and again.
type controller struct {
	name    string
	workers int
	queue   workqueue.TypedRateLimitingInterface[string]
	// sync is given a key and returns after which time it wants to see it again, 0 for never.
	sync   func(ctx context.Context, key string) (time.Duration, error)
	logger *slog.Logger
}

func newController(name string, workers int, logger *slog.Logger) *controller {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](50*time.Millisecond, 30*time.Second)
	return &controller{
		name:    name,
		workers: workers,
		queue:   workqueue.NewTypedRateLimitingQueue(limiter),
		logger:  logger.With("controller", name),
	}
}

func (c *controller) run(ctx context.Context) {
	var running sync.WaitGroup
	for range c.workers {
		running.Go(func() {
			for c.next(ctx) {
			}
		})
	}
	<-ctx.Done()
	c.queue.ShutDown()
	running.Wait()
}

func (c *controller) next(ctx context.Context) bool {
	key, ended := c.queue.Get()
	if ended {
		return false
	}
	defer c.queue.Done(key)
	again, err := c.sync(ctx, key)
	switch {
	case err == nil, apierrors.IsNotFound(err):
		c.queue.Forget(key)
		if again > 0 {
			c.queue.AddAfter(key, again)
		}
	case ctx.Err() != nil:
	case apierrors.IsConflict(err):
		c.queue.AddRateLimited(key) // the cache lags behind; the next event brings it up
	default:
		c.logger.Warn("will try again", "key", key, "error", err)
		c.queue.AddRateLimited(key)
	}
	return true
}

// enqueue adds an object of a cache's event by its namespace and name.
func (c *controller) enqueue(object any) {
	if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
		c.queue.Add(key)
	}
}

// handle calls a function for every object that is added, changed or removed.
func handle(informer cache.SharedIndexInformer, changed func(object any)) {
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    changed,
		UpdateFunc: func(_, object any) { changed(object) },
		DeleteFunc: changed,
	})
	if err != nil {
		panic(err) // only an informer that has been stopped refuses
	}
}

func newEvents(ctx context.Context, client kubernetes.Interface) record.EventRecorder {
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})
	return broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "mostik-node-agent"})
}
