"""The parser of designs: xDSL's, which knows where operations stand and says what is wrong in the project's words."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, NoReturn

from xdsl.context import Context
from xdsl.dialects.builtin import AnyFloat, Builtin, LocationAttr, ModuleOp, UnknownLoc
from xdsl.ir import AttributeInvT, Block, Operation, SSAValue
from xdsl.parser import AttrParser, Parser, UnresolvedOperand
from xdsl.parser.generic_parser import ParserState
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import MultipleSpansParseError, ParseError, VerifyException
from xdsl.utils.lexer import Input, Span
from xdsl.utils.mlir_lexer import MLIRTokenKind

from npubuild.errors import Diagnostic, Place
from npubuild.mlir.dialect.aie import AIE, RuntimeSequenceOp
from npubuild.mlir.dialect.aiex import AIEX
from npubuild.mlir.dialect.fields import WrongAttributeError, settle_fields
from npubuild.mlir.dialect.operation import AieOperation, complete_body
from npubuild.mlir.dialect.problem import ReadingError, fail
from npubuild.mlir.dialect.sequence import OLD_NAME
from npubuild.mlir.dialect.upstream import loaders, settle_properties
from npubuild.mlir.lexing import DesignLexer

LONGEST_MESSAGE = 400
LONGEST_NAME = 80


def design_context() -> Context:
    """Every dialect of the subset; those of upstream MLIR are imported when the text mentions them."""
    context = Context()
    for dialect in (Builtin, AIE, AIEX):
        context.load_dialect(dialect)
    for name, load in loaders().items():
        context.register_dialect(name, load)
    return context


class DesignParser(Parser):
    """Parses one module; `offsets` then says where in the text each operation's name stands."""

    def __init__(self, text: str, file: str) -> None:
        super().__init__(design_context(), "", file)
        self._parser_state = ParserState(DesignLexer(Input(text, file)))
        self.offsets: dict[Operation, int] = {}
        self.generic: set[Operation] = set()
        self._awaited: dict[str, Span] = {}

    def parse_design(self) -> ModuleOp:
        if self._current_token.kind is MLIRTokenKind.EOF:
            fail(self, self.pos, "no design here: the file is empty", rule="empty-file")
        return self.parse_module()

    def parse_module(self, allow_implicit_module: bool = True) -> ModuleOp:
        try:
            return super().parse_module(allow_implicit_module)
        except RecursionError:
            fail(self, self.pos, "nested too deeply", rule="nesting")
        except ParseError:
            for name in self.forward_ssa_references if self._current_token.kind is MLIRTokenKind.EOF else ():
                self._refuse_undefined(self._awaited[name])
            raise

    # Operations ------------------------------------------------------------------------------------------------------

    def parse_operation(self) -> Operation:
        start = self._current_token.span
        results = self._parse_op_result_list()
        offset = self.pos
        name, op = self._parse_named_operation()
        self.parse_optional_location()
        self.offsets[op] = offset
        bound = sum(size for _, size in results)
        if bound and len(op.results) != bound:
            self.raise_error(f"`{name}` has {len(op.results)} results, but {bound} are named", start)
        index = 0
        for span, size in results:
            self._register_ssa_definition(span.text[1:], op.results[index : index + size], span)
            index += size
        return op

    def _parse_named_operation(self) -> tuple[str, Operation]:
        offset = self.pos
        token = self._parse_optional_token(MLIRTokenKind.BARE_IDENT)
        name = self.expect(self.parse_optional_str_literal, "expected an operation") if token is None else token.text
        op_type = self._operation_named(name, offset)
        stack = self._parser_state.dialect_stack
        stack.append(op_type.dialect_name())
        try:
            if token is None:
                op = self._parse_generic_operation(op_type)
                self._adopt_generic(op)
            else:
                op = op_type.parse(self)
            settle_fields(op)
            settle_properties(op)
        except WrongAttributeError as error:
            fail(self, offset, str(error), rule="attribute")
        except (VerifyException, ValueError, OverflowError) as error:  # the latter two: numbers that no type can hold
            fail(self, offset, _lowered(str(error)), rule="verification")
        stack.pop()
        return name, op

    def _operation_named(self, name: str, offset: int) -> type[Operation]:
        current = RuntimeSequenceOp.name if name == OLD_NAME else name
        found = self.ctx.get_optional_op(current, dialect_stack=self._parser_state.dialect_stack)
        if found is not None and (_has_syntax(found) or self.lexer.input.content[offset] == '"'):
            return found
        name = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}.."
        near = get_close_matches(name, [op.name for op in self.ctx.loaded_ops if _has_syntax(op)], n=1, cutoff=0.8)
        hint = f"did you mean `{near[0]}`?" if near else ""
        span = Span(offset, self.pos, self.lexer.input)
        raise ReadingError(span, f"`{name}` is not an operation that designs may use", "unknown-operation", hint)

    def _adopt_generic(self, op: Operation) -> None:
        """`"aie.tile"() <{col = 0 : i32, ..}>`: the dialects of this project keep all attributes together."""
        self.generic.add(op)
        if isinstance(op, AieOperation):
            op.attributes |= op.properties
            op.properties.clear()
        if op.has_trait(NoTerminator):
            for region in op.regions:
                complete_body(region, "aie.end")

    def _parse_block(self) -> Block:
        token = self._current_token
        name = token.text[1:]
        if token.kind is MLIRTokenKind.CARET_IDENT and name in self.blocks and name not in self.forward_block_references:
            fail(self, token.span.start, f"block `{token.text}` is defined twice", rule="duplicate-block")
        return super()._parse_block()

    def _parse_tensor_literal_element(self) -> AttrParser._TensorLiteralElement:
        element = super()._parse_tensor_literal_element()
        return _Element(element.is_negative, element.value, element.span)

    def _parse_optional_complex(self) -> None:
        """No complex numbers in dense literals: designs have none."""

    # Locations -------------------------------------------------------------------------------------------------------

    def parse_optional_location(self) -> LocationAttr | None:
        """`loc(..)`: where something stood in the source that another tool read. Messages name this file's lines instead."""
        start = self._current_token.span
        if self.parse_optional_keyword("loc") is None:
            return None
        self.parse_punctuation("(")
        depth = 1
        while depth:
            token = self._consume_token()
            if token.kind is MLIRTokenKind.EOF:
                raise ReadingError(start, "a location without an end", rule="syntax")
            depth += (token.kind is MLIRTokenKind.L_PAREN) - (token.kind is MLIRTokenKind.R_PAREN)
        return UnknownLoc()

    def parse_optional_argument(self, expect_type: bool = True) -> Any:
        argument = super().parse_optional_argument(expect_type)
        if argument is not None and expect_type:
            self.parse_optional_location()
        return argument

    def _parse_alias_def(self) -> None:
        """`#loc3 = loc(..)` is skipped, for it may stand after its uses and build on others."""
        if not self._current_token.text.startswith("#loc"):
            super()._parse_alias_def()  # type: ignore[no-untyped-call]
            return
        self._consume_token()
        self.parse_punctuation("=")
        self.parse_optional_location()

    # Values ----------------------------------------------------------------------------------------------------------

    def parse_optional_unresolved_operand(self) -> UnresolvedOperand | None:
        operand = super().parse_optional_unresolved_operand()
        if operand is not None and operand.operand_name not in self.ssa_values:
            self._awaited.setdefault(operand.operand_name, operand.span)
        return operand

    def resolve_operand(self, operand: UnresolvedOperand, type: AttributeInvT) -> SSAValue[AttributeInvT]:  # noqa: A002  # as in xDSL
        known = self.ssa_values.get(operand.operand_name)
        if known is not None and operand.index < len(known) and known[operand.index].type != type:
            message = f"`{operand.span.text}` has type {known[operand.index].type}, but is used as {type}"
            raise ReadingError(operand.span, message, rule="type-mismatch")
        return super().resolve_operand(operand, type)

    def _refuse_undefined(self, span: Span) -> NoReturn:
        raise ReadingError(span, f"`{span.text}` is used before it is defined", rule="undefined-value")


def _has_syntax(op_type: type[Operation]) -> bool:
    """Whether xDSL or this project gives the operation a syntax of its own besides the generic one."""
    return op_type.parse.__func__ is not Operation.parse.__func__  # type: ignore[attr-defined]


_WORDING = (
    (r"Could not parse entire input.*", "expected an operation here", "syntax"),
    (r" in block definition", "expected an operation, a block label or `}`", "syntax"),
    (r"'(.*)' is not registered", r"`\1` is not a type or attribute that designs may use", "unknown-attribute"),
    (r"SSA value used before assignment", r"`{text}` is used before it is defined", "undefined-value"),
    (r"SSA value (%.*) is already defined", r"`\1` is defined twice", "duplicate-value"),
    (
        r"region ends with missing block declarations for block\(s\) (\S+?)(,.*)?",
        r"there is no block `^\1`",
        "undefined-block",
    ),
    (r"Expected bare-id or string-literal here as part of attribute entry.*", "expected the name of an attribute", "syntax"),
)
"""xDSL's messages that say too little, and what they mean: pattern, message, rule; {text} is what stands there."""


class _Element(AttrParser._TensorLiteralElement):
    """An element of a dense literal; a hexadecimal one among floats gives their bits, as in `dense<[1.0, 0x7FC00000]>`."""

    def to_type(self, parser: AttrParser, type: Any) -> Any:  # noqa: A002  # as in xDSL
        if not isinstance(type, AnyFloat) or not self.span.text.startswith("0x"):
            return super().to_type(parser, type)
        try:
            bits = int(self.span.text, 16).to_bytes(type.compile_time_size, "little")
        except OverflowError:
            raise ReadingError(self.span, f"more bits than a {type} has", rule="syntax") from None
        return next(iter(type.iter_unpack(bits)))


def diagnostic_of(error: ParseError, text: str, file: str) -> Diagnostic:
    """The located message of a parse error, in the project's style: short, lower case, no full stop."""
    span = error.refs[0][0] if isinstance(error, MultipleSpansParseError) and error.refs else error.span
    offset = min(span.start, len(text))
    line = text.count("\n", 0, offset) + 1
    place = Place(file, line, offset - text.rfind("\n", 0, offset))
    if isinstance(error, ReadingError):
        return Diagnostic(_shortened(error.msg), place, rule=error.rule, hint=error.hint)
    message = error.msg.split("\n", 1)[0]
    for pattern, wording, rule in _WORDING:
        if match := re.fullmatch(pattern, message):
            return Diagnostic(_shortened(match.expand(wording).replace("{text}", span.text)), place, rule=rule)
    return Diagnostic(_shortened(_lowered(message)), place, rule="syntax")


def _lowered(message: str) -> str:
    """The message of xDSL in the project's style: a small first letter, no full stop."""
    clean = message.strip().split("\n", 1)[0].rstrip(".!")
    return clean[:1].lower() + clean[1:]


def _shortened(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]} .."
