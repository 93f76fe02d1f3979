"""The HTTP side of the orchestrator."""

import logging
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID, uuid4

import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prometheus_client import Counter
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import BaseModel, Field
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.requests import Requests

from orchestrator.background import Background
from orchestrator.broker import Broker
from orchestrator.settings import OrchestratorSettings, read_settings
from orchestrator.tasks import Task, Tasks

log = logging.getLogger(__name__)
tasks_total = Counter("orchestrator_tasks_total", "Tasks taken", ["sent"])


class NewTask(BaseModel):
    """What the gateway sends."""

    model_config = {"extra": "forbid"}

    text: Annotated[str, Field(min_length=1)]
    sentences: Annotated[int, Field(ge=1, le=20)]


def make_app(settings: OrchestratorSettings) -> FastAPI:
    """Builds the application. It starts without broker and database, and says by its health what it lacks."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Iterator[None]:
        with ConnectionPool(settings.database_url, min_size=1, max_size=10, open=False, kwargs={"connect_timeout": 3}) as pool:
            app.state.tasks = Tasks(pool)
            app.state.broker = Broker(settings.broker_url, settings.task_queue)
            app.state.background = Background(settings, app.state.tasks, app.state.broker)
            app.state.background.start()
            yield
            app.state.background.stop()
            app.state.broker.close()

    app = FastAPI(title="Balance+ orchestrator", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Requests)

    # These are no coroutines: they wait for the database in a thread of their own.
    @app.post("/tasks", status_code=202)
    def submit(new: NewTask, request: Request) -> dict[str, object]:
        """Keeps a task, then sends it. A broker that is away only makes it late."""
        state = request.app.state
        task = state.tasks.add(uuid4(), new.text.replace("\0", ""), new.sentences)
        sent = state.broker.send(task)
        if sent:
            state.tasks.mark_sent(task.id)
        tasks_total.labels("yes" if sent else "later").inc()
        return {"id": str(task.id), "state": "queued" if sent else "waiting"}

    @app.get("/tasks/{task}")
    def status(task: UUID, request: Request) -> JSONResponse:
        found = request.app.state.tasks.find(task)
        return JSONResponse({"detail": f"task {task}: there is no such task"}, 404) if found is None else JSONResponse(described(found))

    @app.get("/health/live")
    def live(request: Request) -> JSONResponse:
        fine = request.app.state.background.is_alive()
        return JSONResponse({"status": "live" if fine else "a background thread has ended"}, 200 if fine else 503)

    @app.get("/health/ready")
    def ready(request: Request) -> JSONResponse:
        """Ready while tasks can be kept: without the broker they wait, without the database there are none."""
        state = request.app.state
        broker = "connected" if state.background.results.connected.is_set() else "away"
        try:
            state.tasks.ping()
        except (psycopg.Error, PoolTimeout) as error:
            return JSONResponse({"status": "not ready", "database": str(error), "broker": broker}, 503)
        return JSONResponse({"status": "ready", "database": "connected", "broker": broker})

    @app.exception_handler(psycopg.Error)
    @app.exception_handler(PoolTimeout)
    async def no_database(_: Request, error: Exception) -> JSONResponse:
        log.warning("database away", extra={"reason": str(error)})
        return JSONResponse({"detail": "the database does not answer"}, 503)

    return app


def described(task: Task) -> dict[str, object]:
    """A task as its user sees it; what is not known yet is left out."""
    known = {"id": str(task.id), "state": task.state, "createdAt": task.created_at.isoformat()}
    if task.finished_at is not None:
        known["finishedAt"] = task.finished_at.isoformat()
    return known | ({"summary": task.summary} if task.summary is not None else {}) | ({"error": task.error} if task.error is not None else {})


def main() -> FastAPI:
    """What uvicorn starts: `uvicorn --factory orchestrator.app:main`."""
    settings = read_settings()
    configure_logs("orchestrator", settings.log_level)
    serve_metrics(settings.metrics_port)
    return make_app(settings)
