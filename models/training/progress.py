"""Say how far long work has come; who shows it, and how, is the caller's choice."""

from typing import Protocol


class Progress(Protocol):
    """Shows long work to a person, or to the program that started it."""

    def say(self, line: str) -> None:
        """Tell one thing that is now known or done."""

    def move(self, share: float, message: str) -> None:
        """Tell which share of the whole work is done, 0 to 1, and what is being done."""


class Quiet:
    """Keeps what is said, and shows nothing."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def move(self, share: float, message: str) -> None:
        pass
