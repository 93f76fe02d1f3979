"""Logs and metrics that every service of Balance+ has."""
