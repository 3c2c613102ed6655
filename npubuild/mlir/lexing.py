"""Tokens of a design: xDSL's kinds, found by one regular expression, with a limit on nesting.

xDSL's own lexer takes exponential time on an unterminated string and lets a deep nest run into Python's recursion limit.
"""

from __future__ import annotations

import re
from typing import NoReturn

from xdsl.utils.exceptions import ParseError
from xdsl.utils.lexer import Input, Span, Token
from xdsl.utils.mlir_lexer import KIND_BY_PUNCTUATION_SPELLING, MLIRLexer, MLIRTokenKind, StringLiteral

MAX_DEPTH = 64
"""Brackets inside brackets; a core's innermost loop stands at about 8."""
MAX_DIGITS = 400

_SUFFIX = r"(?:[0-9]+|[A-Za-z$._-][A-Za-z0-9$._-]*)"
_TEXT = r'"[^"\\\n\v\f]*(?:\\.[^"\\\n\v\f]*)*'
_TOKEN = re.compile(
    rf"""
    (?:[ \t\r\n\v\f]+|//[^\n]*)*            # `other` and `end` match anything, so that this never backtracks
    (?:
      (?P<BARE_IDENT>[A-Za-z_][A-Za-z0-9_$.]*)
    | (?P<PERCENT_IDENT>%{_SUFFIX})
    | (?P<FILE_METADATA>\{{-\#|\#-\}})
    | (?P<open>[(\[{{<])
    | (?P<close>[)\]}}>])
    | (?P<punctuation>[:,=+/*?|]|->|-|\.\.\.)
    | (?P<FLOAT_LIT>[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?)
    | (?P<INTEGER_LIT>0x[0-9a-fA-F]+|[0-9]+)
    | (?P<AT_IDENT>@[A-Za-z_][A-Za-z0-9_$.]*)
    | (?P<text>@?{_TEXT})(?P<closed>")?
    | (?P<HASH_IDENT>\#{_SUFFIX})
    | (?P<EXCLAMATION_IDENT>!{_SUFFIX})
    | (?P<CARET_IDENT>\^{_SUFFIX})
    | (?P<end>\Z)
    | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_STEP = {"open": 1, "close": -1}


class DesignLexer(MLIRLexer):
    """The lexer of a design."""

    def __init__(self, text: Input) -> None:
        super().__init__(text)
        self.depth = 0

    def lex(self) -> Token[MLIRTokenKind]:
        match = _TOKEN.match(self.input.content, self.pos)
        if match is None or match.lastgroup is None:  # beyond the end
            return self._form_token(MLIRTokenKind.EOF, self.pos)
        group = match.lastgroup
        start, self.pos = match.start("text" if group == "closed" else group), match.end()
        if group in _BY_SPELLING:
            self._count_brackets(group, start)
            return self._form_token(KIND_BY_PUNCTUATION_SPELLING[match[group]], start)
        if group == "closed":
            return self._string(start)
        if group == "text":
            self._fail("a string without an end", start)
        if group == "end":
            return self._form_token(MLIRTokenKind.EOF, start)
        if group == "other":
            self._fail(f"unexpected character {match[group]!r}", start)
        if group in ("INTEGER_LIT", "FLOAT_LIT") and self.pos - start > MAX_DIGITS:
            self._fail(f"a number of more than {MAX_DIGITS} digits", start)
        return self._form_token(MLIRTokenKind[group], start)

    def _count_brackets(self, group: str, start: int) -> None:
        self.depth = max(0, self.depth + _STEP.get(group, 0))
        if self.depth > MAX_DEPTH:
            self._fail(f"brackets nested more than {MAX_DEPTH} deep", start)

    def _string(self, start: int) -> Token[MLIRTokenKind]:
        """A string, a string of bytes that are no text, or a quoted symbol, which must be text."""
        is_symbol = self.input.content[start] == "@"
        literal = StringLiteral(start + is_symbol, self.pos, self.input)
        plain = "\\" not in literal.text or literal.bytes_contents.isascii()
        if is_symbol and not plain:
            self._fail("a symbol with bytes that are no ASCII characters", start)
        if is_symbol:
            return self._form_token(MLIRTokenKind.AT_IDENT, start)
        return Token(MLIRTokenKind.STRING_LIT if plain else MLIRTokenKind.BYTES_LIT, literal)

    def _fail(self, message: str, start: int) -> NoReturn:
        raise ParseError(Span(start, start + 1, self.input), message)


_BY_SPELLING = frozenset({"open", "close", "punctuation", "FILE_METADATA"})
