"""The Python source of a core program while it is written: indented lines, fresh names, and the op behind every line."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from xdsl.ir import Operation

_INDENT = "    "


@dataclass(frozen=True)
class Line:
    """One line of source; `subject` (a storage's label) and `position` (Python text) explain a failing memory access."""

    text: str
    op: Operation | None = None
    subject: str = ""
    position: str = ""


class Emitter:
    """Collects a prologue, which runs once when the core starts, and a body."""

    def __init__(self, constants: dict[str, object]) -> None:
        self.constants = dict(constants)
        self.current: Operation | None = None
        self.subject = self.position = ""
        self._prologue: list[Line] = []
        self._body: list[Line] = []
        self._depth = 1
        self._taken = set(constants) | {"memory", "program", "tick", "cell", "bits"}

    def fresh(self, hint: str | None, fallback: str = "v") -> str:
        """A name nobody uses yet, like the one in the design where it has one."""
        stem = re.sub(r"\W", "_", hint or fallback)
        if not stem.isidentifier() or keyword.iskeyword(stem) or keyword.issoftkeyword(stem) or hasattr(builtins, stem):
            stem = f"{fallback}_{stem}"
        name, number = stem, 0
        while name in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name)
        return name

    def constant(self, value: object, hint: str) -> str:
        """A global name of the program for a ready-made object, such as a step."""
        name = self.fresh(hint)
        self.constants[name] = value
        return name

    def shared(self, value: object, hint: str) -> str:
        """Like `constant`, but one name for all uses of one object."""
        return next((name for name, known in self.constants.items() if known is value), None) or self.constant(value, hint)

    def line(self, text: str) -> None:
        self._body.append(Line(_INDENT * self._depth + text, self.current, self.subject, self.position))

    def start(self, text: str) -> None:
        """A line of the prologue."""
        self._prologue.append(Line(_INDENT + text))

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """An indented block; an empty one gets its `pass`."""
        self.line(header)
        self._depth += 1
        length = len(self._body)
        yield
        if len(self._body) == length:
            self.line("pass")
        self._depth -= 1

    def mark(self) -> tuple[int, int]:
        """Where the body stands now, for `rewind`."""
        return len(self._body), self._depth

    def rewind(self, mark: tuple[int, int]) -> None:
        """Forget what the body got since the mark."""
        length, self._depth = mark
        del self._body[length:]

    @property
    def size(self) -> int:
        return len(self._body)

    def lines(self) -> list[Line]:
        """The whole program, the function's header first. The trailing `yield` makes a program without steps a generator."""
        header = [Line("def program(memory):"), *self._prologue]
        footer = [Line(_INDENT + "return"), Line(_INDENT + "yield")]
        return [*header, *self._body, *footer]
