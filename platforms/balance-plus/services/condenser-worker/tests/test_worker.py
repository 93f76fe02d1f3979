import json

import pytest
from celery.exceptions import Reject
from condenser import app as worker
from condenser.health import LIVE_SECONDS, READY_SECONDS, Heartbeat
from kombu import Connection
from kombu.exceptions import OperationalError


def results() -> list[dict[str, object]]:
    found = []
    with Connection("memory://") as connection, connection.SimpleQueue("condensed") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except queue.Empty:
                return found
            found.append(message.payload)
            message.ack()


def test_a_result_goes_to_its_queue() -> None:
    results()
    worker.condense("t1", "One. Two two. Three two.", 1)
    assert results() == [{"id": "t1", "summary": "Three two.", "error": None}]


def test_a_text_that_cannot_be_condensed_gives_an_error_and_does_not_come_back() -> None:
    results()
    worker.condense("t2", None, 1)
    (result,) = results()
    assert (result["id"], result["summary"]) == ("t2", None)
    assert "TypeError" in result["error"]


def test_a_result_that_the_broker_does_not_take_sends_the_text_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.app.conf, "broker_url", "amqp://nobody@127.0.0.1:1//")
    broken = worker.Celery("broken", broker="amqp://nobody@127.0.0.1:1//")
    broken.conf.broker_connection_timeout = 0.2
    monkeypatch.setattr(worker, "app", broken)
    with pytest.raises((Reject, OperationalError)) as raised:
        worker.condense("t3", "One.", 1)
    assert isinstance(raised.value, Reject) and raised.value.requeue


def test_the_worker_takes_the_next_text_only_when_one_is_done() -> None:
    assert worker.app.conf.task_acks_late and worker.app.conf.worker_prefetch_multiplier == 1


def test_health_follows_the_heartbeats() -> None:
    now = [0.0]
    heartbeat = Heartbeat(lambda: now[0])
    assert heartbeat.ready() == (False, {"status": "starting"})
    assert heartbeat.live()[0]
    heartbeat.beat()
    assert heartbeat.ready()[0]
    now[0] = READY_SECONDS + 1
    assert not heartbeat.ready()[0] and heartbeat.live()[0]
    now[0] = LIVE_SECONDS + 1
    assert not heartbeat.live()[0]
    assert json.dumps(heartbeat.live()[1])
