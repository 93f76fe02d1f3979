"""What every HTTP service tells about its requests: a log line, a count, a duration, an id that goes along."""

import logging
import time
import uuid
from contextvars import ContextVar

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = b"x-request-id"
request_id: ContextVar[str] = ContextVar("request_id", default="")

requests_total = Counter("http_requests_total", "Requests answered", ["method", "route", "status"])
request_seconds = Histogram("http_request_duration_seconds", "Time until the answer was sent", ["method", "route"])
log = logging.getLogger("requests")


class Requests:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(REQUEST_ID, b"").decode("latin-1")
        current = given if given.isprintable() and 0 < len(given) <= 64 else uuid.uuid4().hex
        request_id.set(current)
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (REQUEST_ID, current.encode())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            self.tell(scope, status, time.perf_counter() - started)

    def tell(self, scope: Scope, status: int, seconds: float) -> None:
        # The route, not the path: a label for every task would never end.
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"]
        requests_total.labels(method, route, str(status)).inc()
        request_seconds.labels(method, route).observe(seconds)
        if not route.startswith("/health"):
            fields = {"method": method, "path": scope["path"], "status": status, "milliseconds": round(seconds * 1000, 1), "request": request_id.get()}
            log.info("answered", extra=fields)
