"""Keeps tasks in PostgreSQL, sends them to the workers and takes their results."""
