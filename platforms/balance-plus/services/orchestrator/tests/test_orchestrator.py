import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from conftest import eventually
from fastapi.testclient import TestClient
from kombu import Connection
from orchestrator.app import make_app
from orchestrator.broker import read_result
from orchestrator.migrate import migrate
from orchestrator.settings import OrchestratorSettings, read_settings


def settings_for(database_url: str, broker_url: str = "memory://", **changed: object) -> OrchestratorSettings:
    queues = {"task_queue": f"condense-{uuid4()}", "result_queue": f"condensed-{uuid4()}"}
    return OrchestratorSettings(**{"database_url": database_url, "broker_url": broker_url, "metrics_port": 0, "resend_seconds": 0.2, "log_level": "info"} | queues | changed)


@pytest.fixture
def settings(database_url: str) -> OrchestratorSettings:
    migrate(database_url)
    return settings_for(database_url)


@pytest.fixture
def client(settings: OrchestratorSettings) -> Iterator[TestClient]:
    with TestClient(make_app(settings)) as client:
        yield client


def sent(queue: str) -> list[list[object]]:
    """The arguments of what was sent to the workers."""
    found = []
    with Connection("memory://") as connection, connection.SimpleQueue(queue) as messages:
        while True:
            try:
                message = messages.get(block=False)
            except messages.Empty:
                return found
            found.append(message.payload[0])
            message.ack()


def give_back(settings: OrchestratorSettings, result: object) -> None:
    with Connection("memory://") as connection, connection.SimpleQueue(settings.result_queue) as queue:
        queue.put(result, serializer="json")


def test_a_task_is_kept_sent_and_finished(client, settings) -> None:
    task = client.post("/tasks", json={"text": "One. Two.", "sentences": 1}).json()
    assert task["state"] == "queued"
    assert sent(settings.task_queue) == [[task["id"], "One. Two.", 1]]
    assert client.get(f"/tasks/{task['id']}").json()["state"] == "queued"
    give_back(settings, {"id": task["id"], "summary": "One.", "error": None})
    done = eventually(lambda: (found := client.get(f"/tasks/{task['id']}").json())["state"] == "done" and found)
    assert (done["summary"], "finishedAt" in done, "error" in done) == ("One.", True, False)


def test_the_first_result_stays(client, settings) -> None:
    task = client.post("/tasks", json={"text": "One.", "sentences": 1}).json()["id"]
    for result in ({"summary": None, "error": "first"}, {"summary": "second", "error": None}):
        give_back(settings, {"id": task, **result})
    eventually(lambda: client.get(f"/tasks/{task}").json()["state"] == "failed")
    give_back(settings, {"id": (other := client.post("/tasks", json={"text": "Two.", "sentences": 1}).json()["id"]), "summary": "x", "error": None})
    eventually(lambda: client.get(f"/tasks/{other}").json()["state"] == "done")
    assert client.get(f"/tasks/{task}").json()["error"] == "first"


def test_what_is_no_result_is_left_behind_and_the_next_one_taken(client, settings) -> None:
    task = client.post("/tasks", json={"text": "One.", "sentences": 1}).json()["id"]
    for result in ("text", {"id": "no uuid", "summary": "x"}, {"id": task}, {"id": task, "summary": 5}, {"id": task, "summary": "One.", "error": None}):
        give_back(settings, result)
    eventually(lambda: client.get(f"/tasks/{task}").json()["state"] == "done")


def test_what_is_wrong_is_refused(client) -> None:
    for wrong in ({"text": "", "sentences": 1}, {"text": "a", "sentences": 0}, {"text": "a", "sentences": 21}, {"text": "a"}, {"text": "a", "sentences": 1, "x": 1}):
        assert client.post("/tasks", json=wrong).status_code == 422
    assert client.get(f"/tasks/{uuid4()}").status_code == 404
    assert client.get("/tasks/5").status_code == 422


def test_a_letter_that_postgresql_does_not_take_is_left_out(client, settings) -> None:
    assert client.post("/tasks", json={"text": "a\0b", "sentences": 1}).status_code == 202
    assert sent(settings.task_queue)[0][1] == "ab"


def test_without_a_broker_a_task_waits_and_is_sent_when_there_is_one(settings) -> None:
    away = settings_for(settings.database_url, "amqp://nobody@127.0.0.1:1//", task_queue=settings.task_queue)
    with TestClient(make_app(away)) as client:
        task = client.post("/tasks", json={"text": "One.", "sentences": 1}).json()
        assert task["state"] == "waiting"
        assert client.get(f"/tasks/{task['id']}").json()["state"] == "waiting"
        ready = client.get("/health/ready")
        assert (ready.status_code, ready.json()["broker"]) == (200, "away")
        assert client.get("/health/live").status_code == 200
    with TestClient(make_app(settings)) as client:
        eventually(lambda: client.get(f"/tasks/{task['id']}").json()["state"] == "queued")
        assert sent(settings.task_queue) == [[task["id"], "One.", 1]]


def test_two_orchestrators_send_a_waiting_task_once(settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        for _ in range(50):
            connection.execute("insert into tasks (id, text, sentences, created_at) values (%s, 'One.', 1, now() - interval '1 minute')", (uuid4(),))
    with TestClient(make_app(settings)), TestClient(make_app(settings)):

        def waiting() -> int:
            with psycopg.connect(settings.database_url) as connection:
                return connection.execute("select count(*) from tasks where sent_at is null").fetchone()[0]

        eventually(lambda: waiting() == 0)
    tasks = [arguments[0] for arguments in sent(settings.task_queue)]
    assert (len(tasks), len(set(tasks))) == (50, 50)


def test_without_a_database_it_is_not_ready_and_comes_back_by_itself(settings, postgres) -> None:
    with TestClient(make_app(settings)) as client:
        assert client.get("/health/ready").json() == {"status": "ready", "database": "connected", "broker": eventually(lambda: client.get("/health/ready").json()["broker"])}
        postgres.stop()
        try:
            assert client.get("/health/ready").status_code == 503
            assert client.post("/tasks", json={"text": "One.", "sentences": 1}).status_code == 503
            assert client.get("/health/live").status_code == 200
            give_back(settings, {"id": str(uuid4()), "summary": "x", "error": None})
        finally:
            postgres.start()
        eventually(lambda: client.get("/health/ready").status_code == 200)
        assert client.post("/tasks", json={"text": "One.", "sentences": 1}).status_code == 202


def test_migrations_run_once(database_url) -> None:
    assert migrate(database_url) == ["0001_tasks.sql"]
    assert migrate(database_url) == []


def test_a_migration_that_fails_leaves_nothing_behind(database_url, monkeypatch, tmp_path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "0001_a.sql").write_text("create table a (x int); create table a (x int);")
    monkeypatch.setattr("orchestrator.migrate.files", lambda _: tmp_path)
    with pytest.raises(psycopg.errors.DuplicateTable):
        migrate(database_url)
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select to_regclass('a'), to_regclass('schema_migrations')").fetchone() == (None, None)


def test_results_are_read_strictly() -> None:
    task = uuid4()
    assert read_result({"id": str(task), "summary": "x", "error": None}) == (UUID(str(task)), "x", None)
    for wrong in (None, [], {}, {"id": str(task)}, {"id": "x", "summary": "x"}, {"id": str(task), "summary": 1}):
        with pytest.raises(ValueError):
            read_result(wrong)


def test_settings_name_everything_that_is_missing() -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings({})
    assert str(ended.value).splitlines() == ["DATABASE_URL: not set, expected a text", "BROKER_URL: not set, expected a text"]
    assert json.dumps(read_settings({"DATABASE_URL": "a", "BROKER_URL": "b"}).task_queue) == '"condense"'
