"""Brings the database to the newest schema: `python -m orchestrator.migrate`. Safe to run twice and side by side."""

import logging
from importlib.resources import files

import psycopg
from telemetry.logs import configure_logs

from orchestrator.settings import read_settings

log = logging.getLogger(__name__)
# Any number of its own, the same in every release: it keeps two migrations from running at once.
LOCK = 7_410_233


def migrate(database_url: str) -> list[str]:
    """Runs the migrations that have not run yet, all of them or none, and returns their names."""
    with psycopg.connect(database_url, connect_timeout=10) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        connection.execute("create table if not exists schema_migrations (name text primary key, run_at timestamptz not null default now())")
        done = {name for (name,) in connection.execute("select name from schema_migrations")}
        folder = files("orchestrator") / "migrations"
        pending = sorted((each for each in folder.iterdir() if each.name.endswith(".sql") and each.name not in done), key=lambda each: each.name)
        for each in pending:
            connection.execute(each.read_text())
            connection.execute("insert into schema_migrations (name) values (%s)", (each.name,))
        return [each.name for each in pending]


if __name__ == "__main__":
    settings = read_settings()
    configure_logs("orchestrator-migration", settings.log_level)
    log.info("database migrated", extra={"ran": migrate(settings.database_url)})
