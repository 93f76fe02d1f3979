"""The three services with a real RabbitMQ between them, the worker as a process of its own, as in its container."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import eventually, free_port
from fastapi.testclient import TestClient
from orchestrator.app import make_app
from orchestrator.migrate import migrate
from orchestrator.settings import OrchestratorSettings

SERVICES = Path(__file__).parent.parent


class Worker:
    """A worker process, started as its image starts it."""

    def __init__(self, broker_url: str) -> None:
        self.port = free_port()
        environment = os.environ | {"BROKER_URL": broker_url, "METRICS_PORT": str(self.port), "RESULT_QUEUE": "condensed", "PYTHONPATH": f"{SERVICES}:{SERVICES / 'condenser-worker'}"}
        command = [sys.executable, "-B", "-m", "celery", "--app=condenser.app", "worker", "--queues=condense", "--concurrency=1", "--pool=threads", "--loglevel=info"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")

    def asked(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self) -> str:
        self.process.terminate()
        return self.process.communicate(timeout=30)[0]


@pytest.fixture
def client(database_url: str, rabbitmq) -> Iterator[TestClient]:
    migrate(database_url)
    settings = OrchestratorSettings(database_url, rabbitmq.url, "condense", "condensed", 0, 0.5, "info")
    with TestClient(make_app(settings)) as client:
        yield client


def state(client: TestClient, task: str) -> str:
    return client.get(f"/tasks/{task}").json()["state"]


def test_texts_come_back_through_a_real_broker_also_when_it_was_away(client: TestClient, rabbitmq) -> None:
    eventually(lambda: client.get("/health/ready").json()["broker"] == "connected")
    worker = Worker(rabbitmq.url)
    try:
        first = client.post("/tasks", json={"text": "One. Two two. Three two.", "sentences": 1}).json()
        assert first["state"] == "queued"
        eventually(lambda: state(client, first["id"]) == "done")
        eventually(lambda: worker.asked("/health/ready") == 200)
        assert worker.asked("/health/live") == worker.asked("/metrics") == 200

        rabbitmq.stop()
        waiting = client.post("/tasks", json={"text": "Away.", "sentences": 1}).json()
        assert waiting["state"] == "waiting"
        assert client.get("/health/ready").status_code == 200
        eventually(lambda: client.get("/health/ready").json()["broker"] == "away")

        rabbitmq.start()
        eventually(lambda: state(client, waiting["id"]) == "done", seconds=60)
        assert client.get(f"/tasks/{waiting['id']}").json()["summary"] == "Away."
        later = client.post("/tasks", json={"text": "Later.", "sentences": 1}).json()
        eventually(lambda: state(client, later["id"]) == "done", seconds=30)
    finally:
        log = worker.stop()
    assert '"message": "result sent"' in log
    assert worker.process.returncode == 0, log
