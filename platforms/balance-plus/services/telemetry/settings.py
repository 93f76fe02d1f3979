"""Reads settings from the environment and says what is wrong with them, all at once."""

from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")


class Settings:
    """Collects mistakes while values are read; `finish` raises them together."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.mistakes: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        value = self.environment.get(name, default)
        if value is None or value == "":
            self.mistakes.append(f"{name}: not set, expected a text")
            return ""
        return value

    def number(self, name: str, default: float, *, least: float, kind: Callable[[str], T] = int) -> T:
        text = self.environment.get(name)
        if text is None:
            return kind(str(default))
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or value < least:
            self.mistakes.append(f"{name}: got {text!r}, expected a number of at least {least}")
            return kind(str(default))
        return value

    def finish(self) -> None:
        if self.mistakes:
            raise SystemExit("\n".join(self.mistakes))
