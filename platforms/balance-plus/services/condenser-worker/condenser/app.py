"""The Celery application: `celery --app=condenser.app worker --queues=condense`."""

import logging
import os
import time

from celery import Celery, signals
from celery.exceptions import Reject
from kombu import Queue
from kombu.exceptions import OperationalError
from prometheus_client import Counter, Histogram
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.settings import Settings

from condenser.health import Heartbeat
from condenser.summary import summarise

log = logging.getLogger(__name__)
settings = Settings(os.environ)
broker_url = settings.text("BROKER_URL")
result_queue = settings.text("RESULT_QUEUE", "condensed")
metrics_port = settings.number("METRICS_PORT", 9090, least=0)
log_level = settings.text("LOG_LEVEL", "info")
settings.finish()

tasks_total = Counter("condenser_tasks_total", "Texts condensed", ["outcome"])
task_seconds = Histogram("condenser_task_duration_seconds", "Time to condense one text")
heartbeat = Heartbeat(time.monotonic)

app = Celery("condenser", broker=broker_url)
app.conf.update(
    # A text that was taken by a worker which then died is given to another.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=5,
    broker_transport_options={"confirm_publish": True},
)


@app.task(name="condense")
def condense(task: str, text: str, sentences: int) -> None:
    """Condenses one text and sends the result; when the broker does not take it the text goes back to the queue."""
    started = time.perf_counter()
    try:
        result = {"id": task, "summary": summarise(text, sentences), "error": None}
    except Exception as error:  # A text that cannot be condensed must not come back for ever.
        log.exception("text not condensed", extra={"task": task})
        result = {"id": task, "summary": None, "error": f"{type(error).__name__}: {error}"}
    try:
        send(result)
    except OperationalError as error:
        raise Reject(error, requeue=True) from error
    seconds = time.perf_counter() - started
    outcome = "failed" if result["error"] else "done"
    tasks_total.labels(outcome).inc()
    task_seconds.observe(seconds)
    log.info("result sent", extra={"task": task, "outcome": outcome, "milliseconds": round(seconds * 1000, 1)})


def send(result: dict[str, object]) -> None:
    queue = Queue(result_queue, exchange="", routing_key=result_queue, durable=True)
    with app.producer_pool.acquire(block=True, timeout=5) as producer:
        producer.publish(result, exchange="", routing_key=result_queue, declare=[queue], serializer="json", delivery_mode="persistent", retry=True, retry_policy={"max_retries": 3, "interval_start": 0.2})


@signals.setup_logging.connect
def logs(**_: object) -> None:
    configure_logs("condenser-worker", log_level)


@signals.worker_init.connect
def serve(**_: object) -> None:
    serve_metrics(metrics_port, {"/health/live": heartbeat.live, "/health/ready": heartbeat.ready})


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def beat(**_: object) -> None:
    heartbeat.beat()
