"""Sends tasks to the workers and takes their results."""

import logging
import threading
from collections.abc import Callable
from uuid import UUID

from celery import Celery
from kombu import Connection, Consumer, Message, Queue
from kombu.mixins import ConsumerMixin

from orchestrator.tasks import Task

log = logging.getLogger(__name__)
TIMEOUT_SECONDS = 2


class Broker:
    """The Celery side: tasks by name, so that nothing of the worker has to be installed here."""

    def __init__(self, url: str, queue: str) -> None:
        self.queue = queue
        self.app = Celery("orchestrator", broker=url)
        self.app.conf.update(
            task_ignore_result=True,
            task_serializer="json",
            broker_connection_timeout=TIMEOUT_SECONDS,
            broker_transport_options={"confirm_publish": True, "read_timeout": TIMEOUT_SECONDS, "write_timeout": TIMEOUT_SECONDS},
        )

    def send(self, task: Task) -> bool:
        """False when the broker does not take the task now; it is sent again later."""
        try:
            self.app.send_task("condense", args=[str(task.id), task.text, task.sentences], task_id=str(task.id), queue=self.queue, retry=False)
        except Exception as error:
            log.warning("task not sent", extra={"task": str(task.id), "reason": f"{type(error).__name__}: {error}"})
            return False
        return True

    def close(self) -> None:
        self.app.close()


class Results(ConsumerMixin):
    """Takes results from the queue. `connected` tells whether the broker is there."""

    def __init__(self, url: str, queue: str, finish: Callable[[UUID, str | None, str | None], bool]) -> None:
        self.connection = Connection(url, connect_timeout=TIMEOUT_SECONDS, heartbeat=20)
        self.queue = Queue(queue, exchange="", routing_key=queue, durable=True)
        self.finish = finish
        self.connected = threading.Event()

    def get_consumers(self, consumer: type[Consumer], channel: object) -> list[Consumer]:
        return [consumer(queues=[self.queue], callbacks=[self.take], accept=["json"], prefetch_count=20)]

    def on_consume_ready(self, connection: Connection, channel: object, consumers: list[Consumer], **_: object) -> None:
        self.connected.set()

    def on_connection_error(self, error: Exception, interval: float) -> None:
        self.connected.clear()
        log.warning("broker away", extra={"reason": str(error), "retrySeconds": interval})

    def on_connection_revived(self) -> None:
        self.connected.clear()

    def take(self, body: object, message: Message) -> None:
        try:
            task, summary, error = read_result(body)
        except ValueError as wrong:
            log.error("result not understood", extra={"reason": str(wrong)})
            message.reject()
            return
        try:
            is_new = self.finish(task, summary, error)
        except Exception as problem:  # The database is away: the result stays in the queue.
            log.warning("result not kept", extra={"task": str(task), "reason": str(problem)})
            message.requeue()
            self.pause()
            return
        message.ack()
        log.info("result kept" if is_new else "result known already", extra={"task": str(task)})

    def pause(self) -> None:
        """A result that cannot be kept comes back at once: not a thousand times a second."""
        threading.Event().wait(1)


def read_result(body: object) -> tuple[UUID, str | None, str | None]:
    """Reads what a worker sends: id, summary, error. Raises a ValueError for anything else."""
    if not isinstance(body, dict):
        raise ValueError(f"got {type(body).__name__}, expected a map")
    summary, error = body.get("summary"), body.get("error")
    if not isinstance(summary, str | None) or not isinstance(error, str | None) or (summary is None and error is None):
        raise ValueError("expected a summary or an error")
    return UUID(str(body.get("id"))), summary, error
