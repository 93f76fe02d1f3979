"""Settings of the gateway, from the environment."""

import os
from dataclasses import dataclass

from telemetry.settings import Settings


@dataclass(frozen=True)
class GatewaySettings:
    orchestrator_url: str
    timeout_seconds: float
    max_text_length: int
    metrics_port: int
    log_level: str


def read_settings(environment: dict[str, str] | None = None) -> GatewaySettings:
    """Ends the program with every mistake at once."""
    settings = Settings(dict(os.environ) if environment is None else environment)
    read = GatewaySettings(
        orchestrator_url=settings.text("ORCHESTRATOR_URL").rstrip("/"),
        timeout_seconds=settings.number("ORCHESTRATOR_TIMEOUT_SECONDS", 5.0, least=0.1, kind=float),
        max_text_length=settings.number("MAX_TEXT_LENGTH", 100_000, least=1),
        metrics_port=settings.number("METRICS_PORT", 9090, least=0),
        log_level=settings.text("LOG_LEVEL", "info"),
    )
    settings.finish()
    return read
