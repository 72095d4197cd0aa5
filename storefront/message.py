"""What a code becomes for a reader: two sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What happened, and what the reader can do next."""

    happened: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.happened}{self.next_step}"
