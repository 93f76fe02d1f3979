"""Tasks in PostgreSQL."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool

COLUMNS = "id, text, sentences, summary, error, created_at, sent_at, finished_at"


@dataclass(frozen=True)
class Task:
    id: UUID
    text: str
    sentences: int
    summary: str | None
    error: str | None
    created_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None

    @property
    def state(self) -> str:
        if self.finished_at is not None:
            return "done" if self.error is None else "failed"
        return "waiting" if self.sent_at is None else "queued"


class Tasks:
    """What the orchestrator does with the table."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool

    def ping(self) -> None:
        with self.connection() as connection:
            connection.execute("select 1")

    def add(self, task: UUID, text: str, sentences: int) -> Task:
        with self.connection() as connection:
            return connection.cursor(row_factory=class_row(Task)).execute(f"insert into tasks (id, text, sentences) values (%s, %s, %s) returning {COLUMNS}", (task, text, sentences)).fetchone()

    def find(self, task: UUID) -> Task | None:
        with self.connection() as connection:
            return connection.cursor(row_factory=class_row(Task)).execute(f"select {COLUMNS} from tasks where id = %s", (task,)).fetchone()

    def mark_sent(self, task: UUID) -> None:
        with self.connection() as connection:
            connection.execute("update tasks set sent_at = now() where id = %s and sent_at is null", (task,))

    def finish(self, task: UUID, summary: str | None, error: str | None) -> bool:
        """Keeps a result; a second one for the same task changes nothing. False when there was nothing to change."""
        with self.connection() as connection:
            changed = connection.execute("update tasks set summary = %s, error = %s, finished_at = now() where id = %s and finished_at is null", (summary, error, task))
            return changed.rowcount == 1

    def send_unsent(self, send, *, older_than_seconds: float, limit: int = 100) -> int:
        """Sends what is not sent yet. Rows are locked meanwhile, so that two orchestrators do not send the same."""
        sent = 0
        with self.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Task))
            cursor.execute(
                f"select {COLUMNS} from tasks where sent_at is null and finished_at is null and created_at < now() - make_interval(secs => %s) order by created_at limit %s for update skip locked",
                (older_than_seconds, limit),
            )
            for task in cursor.fetchall():
                if not send(task):
                    break
                connection.execute("update tasks set sent_at = now() where id = %s", (task.id,))
                sent += 1
        return sent

    def connection(self) -> AbstractContextManager[Connection]:
        return self.pool.connection(timeout=3)
