"""Settings of the orchestrator, from the environment."""

import os
from dataclasses import dataclass

from telemetry.settings import Settings


@dataclass(frozen=True)
class OrchestratorSettings:
    database_url: str
    broker_url: str
    task_queue: str
    result_queue: str
    metrics_port: int
    resend_seconds: float
    log_level: str


def read_settings(environment: dict[str, str] | None = None) -> OrchestratorSettings:
    """Ends the program with every mistake at once."""
    settings = Settings(dict(os.environ) if environment is None else environment)
    read = OrchestratorSettings(
        database_url=settings.text("DATABASE_URL"),
        broker_url=settings.text("BROKER_URL"),
        task_queue=settings.text("TASK_QUEUE", "condense"),
        result_queue=settings.text("RESULT_QUEUE", "condensed"),
        metrics_port=settings.number("METRICS_PORT", 9090, least=0),
        resend_seconds=settings.number("RESEND_SECONDS", 5.0, least=0.1, kind=float),
        log_level=settings.text("LOG_LEVEL", "info"),
    )
    settings.finish()
    return read
