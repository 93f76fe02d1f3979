import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from gateway.app import make_app
from gateway.settings import GatewaySettings, read_settings

TASK = "5f0f2d4c-1f7e-4a67-9a43-3f7a5f1f3f10"


@pytest.fixture
def client(upstream) -> Iterator[TestClient]:
    settings = GatewaySettings(orchestrator_url=upstream.url, timeout_seconds=0.5, max_text_length=100, metrics_port=0, log_level="info")
    with TestClient(make_app(settings)) as client:
        yield client


def test_a_text_is_handed_on_and_its_address_told(client, upstream) -> None:
    upstream.answers = [(202, json.dumps({"id": TASK, "state": "queued"}).encode(), 0)]
    response = client.post("/api/condense", json={"text": "  One. Two.  ", "sentences": 1}, headers={"X-Request-Id": "r1"})
    assert (response.status_code, response.json()["state"], response.headers["location"]) == (202, "queued", f"/api/condense/{TASK}")
    method, path, body, headers = upstream.asked[0]
    assert (method, path, json.loads(body)) == ("POST", "/tasks", {"text": "One. Two.", "sentences": 1})
    assert headers["x-request-id"] == "r1" == response.headers["x-request-id"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"text": ""}, 422),
        ({"text": "   "}, 422),
        ({}, 422),
        ({"text": "a", "sentences": 0}, 422),
        ({"text": "a", "sentences": 21}, 422),
        ({"text": "a", "sentences": "many"}, 422),
        ({"text": "a", "other": 1}, 422),
        ({"text": "a" * 101}, 413),
    ],
)
def test_what_is_wrong_is_refused_before_it_is_handed_on(client, upstream, sent, status) -> None:
    assert client.post("/api/condense", json=sent).status_code == status
    assert upstream.asked == []


def test_a_task_is_shown_as_the_orchestrator_knows_it(client, upstream) -> None:
    upstream.answers = [(200, json.dumps({"id": TASK, "state": "done", "summary": "One."}).encode(), 0)]
    assert client.get(f"/api/condense/{TASK}").json()["summary"] == "One."
    upstream.answers = [(404, b"{}", 0)]
    assert client.get(f"/api/condense/{TASK}").status_code == 404
    assert client.get("/api/condense/not-a-task").status_code == 422


@pytest.mark.parametrize("answer", [(500, b"", 0), (503, b"{}", 0), (200, b"{}", 2)])
def test_an_orchestrator_that_fails_or_hangs_gives_503_with_a_time_to_come_back(client, upstream, answer) -> None:
    upstream.answers = [answer]
    response = client.get(f"/api/condense/{TASK}")
    assert (response.status_code, response.headers["retry-after"], response.headers["content-type"]) == (503, "5", "application/problem+json")


def test_a_question_is_asked_twice_a_submission_only_when_it_never_arrived(client, upstream) -> None:
    upstream.answers = [(200, b"{}", 2)]
    client.get(f"/api/condense/{TASK}")
    assert len(upstream.asked) == 2
    upstream.asked.clear()
    client.post("/api/condense", json={"text": "a"})
    assert len(upstream.asked) == 1


def test_without_an_orchestrator_the_gateway_stays_ready(upstream) -> None:
    settings = GatewaySettings(orchestrator_url="http://127.0.0.1:1", timeout_seconds=0.5, max_text_length=100, metrics_port=0, log_level="info")
    with TestClient(make_app(settings)) as client:
        assert client.get("/health/live").status_code == client.get("/health/ready").status_code == 200
        assert client.post("/api/condense", json={"text": "a"}).status_code == 503


def test_requests_are_counted_by_route(client, upstream) -> None:
    from telemetry.requests import requests_total

    upstream.answers = [(200, json.dumps({"id": TASK}).encode(), 0)]
    before = requests_total.labels("GET", "/api/condense/{task}", "200")._value.get()
    client.get(f"/api/condense/{TASK}")
    assert requests_total.labels("GET", "/api/condense/{task}", "200")._value.get() == before + 1


def test_settings_name_what_is_missing() -> None:
    with pytest.raises(SystemExit, match="ORCHESTRATOR_URL: not set"):
        read_settings({})
    assert read_settings({"ORCHESTRATOR_URL": "http://a/"}).orchestrator_url == "http://a"
