"""The HTTP side of the gateway."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.requests import Requests

from gateway.orchestrator import Orchestrator, Unavailable
from gateway.settings import GatewaySettings, read_settings

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5


class Submission(BaseModel):
    """What a user sends."""

    model_config = {"extra": "forbid"}

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    sentences: int = 3


def make_app(settings: GatewaySettings, transport: httpx.AsyncBaseTransport | None = None) -> FastAPI:
    """Builds the application; `transport` is how it reaches the orchestrator, TCP by default."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=settings.orchestrator_url, timeout=settings.timeout_seconds, transport=transport) as client:
            app.state.orchestrator = Orchestrator(client)
            yield

    app = FastAPI(title="Balance+ API", lifespan=lifespan, docs_url="/api/docs", openapi_url="/api/openapi.json", redoc_url=None)
    app.add_middleware(Requests)

    @app.post("/api/condense", status_code=202)
    async def submit(submission: Submission, request: Request) -> JSONResponse:
        """Takes a text to condense."""
        if len(submission.text) > settings.max_text_length:
            return problem(413, f"text: got {len(submission.text)} letters, expected at most {settings.max_text_length}")
        if not 1 <= submission.sentences <= 20:
            return problem(422, f"sentences: got {submission.sentences}, expected 1 to 20")
        task = await request.app.state.orchestrator.submit(submission.text, submission.sentences)
        return JSONResponse(task, 202, headers={"Location": f"/api/condense/{task['id']}"})

    @app.get("/api/condense/{task}")
    async def status(task: UUID, request: Request) -> JSONResponse:
        """Tells how far a text has come, and the condensed one when it is there."""
        found = await request.app.state.orchestrator.status(str(task))
        return problem(404, f"task {task}: there is no such task") if found is None else JSONResponse(found)

    @app.get("/health/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready")
    async def ready() -> dict[str, str]:
        # Not the orchestrator: without it every gateway would be taken away, and users would get no answer at all.
        return {"status": "ready"}

    @app.exception_handler(Unavailable)
    async def unavailable(_: Request, error: Unavailable) -> JSONResponse:
        log.warning("orchestrator unavailable", extra={"reason": str(error)})
        return problem(503, "the service is busy or being restarted; try again", {"Retry-After": str(RETRY_AFTER_SECONDS)})

    return app


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"status": status, "detail": detail}, status, headers=headers, media_type="application/problem+json")


def main() -> FastAPI:
    """What uvicorn starts: `uvicorn --factory gateway.app:main`."""
    settings = read_settings()
    configure_logs("api-gateway", settings.log_level)
    serve_metrics(settings.metrics_port)
    return make_app(settings)
