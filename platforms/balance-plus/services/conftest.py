"""Real parts for the tests: a PostgreSQL of their own, an HTTP server that answers what a test says."""

import logging
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

# Read when condenser.app is imported. The broker is Celery's own in-memory one: it is used by unit tests only.
os.environ.setdefault("BROKER_URL", "memory://")
os.environ.setdefault("METRICS_PORT", "0")


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """What a test does to the root logger would write to a stream that is closed by then."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    root.handlers, root.level = before


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def postgres_program(name: str) -> str | None:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(versions[-1]) if versions else shutil.which(name)


def eventually(check: Callable[[], object], seconds: float = 60) -> object:
    """Waits for something true."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > end:
            assert value, "it did not happen in time"
            return value
        time.sleep(0.05)


class Postgres:
    """A server that can be stopped and started."""

    def __init__(self, folder: Path, as_user: list[str]) -> None:
        self.data = folder / "data"
        self.as_user = as_user
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.run("initdb", f"--pgdata={self.data}", "--username=balance", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run([*self.as_user, postgres_program(program), *arguments], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        command = [*self.as_user, postgres_program("postgres"), "-D", str(self.data), "-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        eventually(self.answers)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(2)  # fast: clients are sent away
            self.process.wait(timeout=60)
            self.process = None

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        return f"postgresql://balance@127.0.0.1:{self.port}/{database}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    if not postgres_program("initdb"):
        pytest.skip("there is no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="balance-postgres-"))
    as_user: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL does not run as root.
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        shutil.chown(folder, "postgres", "postgres")
    server = Postgres(folder, as_user)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    """An empty database."""
    name = f"test_{time.monotonic_ns()}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield postgres.url(name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


class Answering:
    """An HTTP server on this machine. `answers` are given in order, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes, float]] = []
        self.asked: list[tuple[str, str, bytes, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path, body, dict(self.headers)))
                status, content, delay = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                time.sleep(delay)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def upstream() -> Iterator[Answering]:
    server = Answering()
    yield server
    server.close()


RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


class RabbitMq:
    """A broker of one node that can be stopped and started, with a port mapper of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (folder / "enabled_plugins").write_text("[].\n")
        (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        self.environment = os.environ | {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"balance-{os.getpid()}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen([RABBITMQ], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        eventually(self.answers, seconds=90)

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process:
            os.killpg(self.process.pid, 15)
            self.process.wait(timeout=60)
            self.process = None
            eventually(lambda: not self.answers(), seconds=30)

    def close(self) -> None:
        self.stop()
        # The port mapper outlives its nodes.
        subprocess.run(["epmd", "-port", self.environment["ERL_EPMD_PORT"], "-kill"], check=False, capture_output=True)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMq]:
    if not RABBITMQ.exists():
        pytest.skip("there is no RabbitMQ server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="balance-rabbitmq-"))
    broker = RabbitMq(folder)
    broker.start()
    yield broker
    broker.close()
    shutil.rmtree(folder)
