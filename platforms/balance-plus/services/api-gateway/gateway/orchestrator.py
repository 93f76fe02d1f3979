"""Speaks to the orchestrator, and says what kept it from answering."""

import httpx
from telemetry.requests import REQUEST_ID, request_id

ATTEMPTS = 2


class Unavailable(Exception):
    """The orchestrator did not answer, or not as it should."""


class Orchestrator:
    """Two attempts where a second one can do no harm; a limit of time on each."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def submit(self, text: str, sentences: int) -> dict[str, object]:
        # Only a connection that never was is tried again: a second task would condense the text twice.
        return await self._ask("POST", "/tasks", repeat=(httpx.ConnectError, httpx.ConnectTimeout), json={"text": text, "sentences": sentences})

    async def status(self, task: str) -> dict[str, object] | None:
        return await self._ask("GET", f"/tasks/{task}", repeat=(httpx.TransportError,))

    async def _ask(self, method: str, path: str, *, repeat: tuple[type[httpx.TransportError], ...], **body: object) -> dict[str, object] | None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = await self.client.request(method, path, headers={REQUEST_ID.decode(): request_id.get()}, **body)
                break
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or not isinstance(error, repeat):
                    raise Unavailable(f"{type(error).__name__}: {error}") from error
        if response.status_code == 404:
            return None
        if response.status_code >= 400:
            raise Unavailable(f"status {response.status_code}")
        return response.json()
