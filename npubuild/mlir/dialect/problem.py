"""Errors of reading that know their rule and their cure."""

from __future__ import annotations

from typing import NoReturn

from xdsl.parser import AttrParser
from xdsl.utils.exceptions import ParseError
from xdsl.utils.lexer import Span


class ReadingError(ParseError):
    """A parse error with the name of the rule it breaks and a hint."""

    def __init__(self, span: Span, message: str, rule: str = "", hint: str = "") -> None:
        super().__init__(span, message)
        self.rule = rule
        self.hint = hint


def fail_at(span: Span, message: str, *, rule: str = "", hint: str = "") -> NoReturn:
    """Stop reading: what stands at `span` is wrong."""
    raise ReadingError(span, message, rule, hint)


def fail(parser: AttrParser, start: int, message: str, *, rule: str = "", hint: str = "") -> NoReturn:
    """Stop reading: what stands between `start` and the next token is wrong."""
    raise ReadingError(Span(start, max(start, parser.pos), parser.lexer.input), message, rule, hint)
