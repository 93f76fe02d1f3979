"""Tells from the worker's heartbeats whether it takes tasks."""

from collections.abc import Callable

READY_SECONDS = 30
# A broker that is away is no reason to restart, a worker that hangs for this long is.
LIVE_SECONDS = 900


class Heartbeat:
    """Celery sends a heartbeat every two seconds while its loop runs and the broker is there."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.started = clock()
        self.last: float | None = None

    def beat(self) -> None:
        self.last = self.clock()

    def ready(self) -> tuple[bool, dict[str, object]]:
        if self.last is None:
            return False, {"status": "starting"}
        silent = self.clock() - self.last
        return silent <= READY_SECONDS, {"status": "ready" if silent <= READY_SECONDS else "silent", "silentSeconds": round(silent)}

    def live(self) -> tuple[bool, dict[str, object]]:
        silent = self.clock() - (self.started if self.last is None else self.last)
        return silent <= LIVE_SECONDS, {"status": "live" if silent <= LIVE_SECONDS else "hangs", "silentSeconds": round(silent)}
