import json
import logging
import urllib.error
import urllib.request

import pytest
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.settings import Settings


def test_a_log_line_is_json_with_its_fields_and_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("test", "info")
    log = logging.getLogger("a")
    log.debug("not shown")
    log.info("привет %s", "мир", extra={"task": "t1"})
    try:
        raise ValueError("wrong")
    except ValueError:
        log.exception("failed")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["level"], first["service"], first["message"], first["task"]) == ("info", "test", "привет мир", "t1")
    assert first["time"].endswith("+00:00")
    assert "ValueError: wrong" in second["error"]


def test_mistakes_in_settings_are_told_together() -> None:
    settings = Settings({"A": "x", "B": "0", "C": ""})
    settings.number("A", 1, least=1)
    settings.number("B", 1, least=1)
    settings.text("C")
    settings.text("D")
    with pytest.raises(SystemExit) as ended:
        settings.finish()
    assert str(ended.value).splitlines() == [
        "A: got 'x', expected a number of at least 1",
        "B: got '0', expected a number of at least 1",
        "C: not set, expected a text",
        "D: not set, expected a text",
    ]


def test_settings_have_defaults() -> None:
    settings = Settings({"B": "2.5"})
    assert (settings.number("A", 7, least=1), settings.number("B", 1.0, least=0.1, kind=float), settings.text("C", "c")) == (7, 2.5, "c")
    settings.finish()


def test_the_metrics_server_answers_metrics_and_probes() -> None:
    server = serve_metrics(0, {"/health/ready": lambda: (False, {"status": "starting"}), "/health/live": lambda: (True, {"status": "live"})})

    def ask(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}") as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    try:
        assert ask("/metrics")[0] == 200
        assert "# TYPE" in ask("/metrics")[1]
        assert ask("/health/live") == (200, '{"status": "live"}')
        assert ask("/health/ready") == (503, '{"status": "starting"}')
        assert ask("/other")[0] == 404
    finally:
        server.shutdown()
        server.server_close()
