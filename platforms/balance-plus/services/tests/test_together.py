"""The three services as one: gateway, orchestrator with a real PostgreSQL, worker; Celery's in-memory broker between them."""

from collections.abc import Iterator

import httpx
import pytest
from celery.contrib.testing.worker import start_worker
from condenser import app as worker
from conftest import eventually
from fastapi.testclient import TestClient
from gateway.app import make_app as make_gateway
from gateway.settings import GatewaySettings
from orchestrator.app import make_app as make_orchestrator
from orchestrator.migrate import migrate
from orchestrator.settings import OrchestratorSettings


@pytest.fixture
def gateway(database_url: str) -> Iterator[TestClient]:
    migrate(database_url)
    orchestrator = make_orchestrator(OrchestratorSettings(database_url, "memory://", "condense-together", worker.result_queue, 0, 1, "info"))
    settings = GatewaySettings("http://orchestrator", 5, 100_000, 0, "info")
    with TestClient(orchestrator), TestClient(make_gateway(settings, httpx.ASGITransport(app=orchestrator))) as client:
        yield client


def test_a_text_comes_back_condensed(gateway: TestClient) -> None:
    text = "Мостик собирает платформу. Погода была хорошая. Платформу проверяет Мостик, и платформу выкатывает тоже Мостик."
    sent = gateway.post("/api/condense", json={"text": text, "sentences": 1})
    assert (sent.status_code, sent.json()["state"]) == (202, "queued")
    with start_worker(worker.app, pool="solo", perform_ping_check=False, queues=["condense-together"]):
        done = eventually(lambda: (found := gateway.get(sent.headers["location"]).json())["state"] == "done" and found)
    assert done["summary"] == "Мостик собирает платформу."
