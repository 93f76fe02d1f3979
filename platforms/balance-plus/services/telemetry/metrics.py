"""A small HTTP server for metrics, on a port that no Ingress leads to, and for the probes of services without HTTP."""

import json
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Probe = Callable[[], tuple[bool, dict[str, object]]]


def serve_metrics(port: int, probes: Mapping[str, Probe] | None = None) -> ThreadingHTTPServer:
    """Starts the server in a thread. A probe answers 200 or 503 with its details at its path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self.answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif probes and self.path in probes:
                fine, details = probes[self.path]()
                self.answer(200 if fine else 503, "application/json", json.dumps(details).encode())
            else:
                self.answer(404, "text/plain", b"not found\n")

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes and scrapes come all the time and say nothing."""

    server = ThreadingHTTPServer(("", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
