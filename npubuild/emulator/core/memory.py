"""Memory: buffers of the tile, constants of the design, stack memory, and the `memref` operations on them."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import memref
from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    DenseArrayBase,
    DenseIntOrFPElementsAttr,
    Float32Type,
    IndexType,
    IntegerType,
    MemRefType,
    Signedness,
)
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import (
    ITEM_BYTES,
    Scalar,
    Storage,
    View,
    element_format,
    index,
    integer_bits,
    limits,
)
from npubuild.mlir.dialect.aie import BufferOp

NUMPY_DTYPES = {
    "b": "int8", "h": "int16", "i": "int32", "q": "int64", "B": "uint8", "H": "uint16", "I": "uint32", "Q": "uint64",
    "f": "float32", "d": "float64",
}  # fmt: skip
"""numpy's name for the elements of each memoryview format."""

_RAW = IntegerType(32, Signedness.UNSIGNED)
"""The type under which the bits of an f32 travel from load to store, so that copying never changes a NaN."""


# Index arithmetic ----------------------------------------------------------------------------------------------------


def position(offset: Scalar, indices: Sequence[Scalar], strides: Sequence[Scalar]) -> Scalar:
    """The element number offset + sum of index * stride, as an index value whose text may be a whole expression."""
    constant, low, high = 0, 0.0, 0.0
    terms: list[str] = []
    for value, stride in [(offset, index(1)), *zip(indices, strides, strict=True)]:
        if value.constant is not None and stride.constant is not None:
            constant += value.constant * stride.constant
            continue
        corners = [x * y for x in (value.low, value.high) for y in (stride.low, stride.high)]
        low, high = low + min(corners), high + max(corners)
        terms.append(str(value) if stride.constant == 1 else f"{value} * {stride}")
    if constant or not terms:
        terms.append(str(constant) if constant >= 0 else f"({constant})")
    return Scalar(" + ".join(terms), IndexType(), low + constant, high + constant)


def named(t: Translator, value: Scalar, hint: str) -> Scalar:
    """The same number in a variable, unless it is an atom already."""
    if value.constant is not None or value.text.isidentifier():
        return value
    name = t.emitter.fresh(hint)
    t.line(f"{name} = {value}")
    return Scalar(name, value.type, value.low, value.high)


def element_at(t: Translator, view: View, indices: Sequence[Scalar]) -> str:
    """Python text of an element number of the storage, guarded against negative ones, which Python would accept."""
    place = position(view.offset, indices, view.strides[: len(indices)])
    t.emitter.subject = view.storage.label
    if place.low < 0:
        place = named(t, place, "element")
        t.emitter.position = place.text
        with t.block(f"if {place} < 0:"):
            t.line("raise IndexError")
    t.emitter.position = place.text
    return place.text


# Where memory comes from ---------------------------------------------------------------------------------------------


def row_major(shape: Sequence[Scalar], t: Translator) -> tuple[Scalar, ...]:
    strides: list[Scalar] = []
    stride = index(1)
    for size in reversed(shape):
        strides.append(stride)
        stride = _product(t, stride, size)
    return tuple(reversed(strides))


def _product(t: Translator, a: Scalar, b: Scalar) -> Scalar:
    if a.constant is not None and b.constant is not None:
        return index(a.constant * b.constant)
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    return named(t, Scalar(f"{a} * {b}", IndexType(), min(corners), max(corners)), "size")


def view_of(t: Translator, op: Operation, type_: Attribute, storage: Storage, sizes: Sequence[Scalar] = ()) -> View:
    """A whole storage as a memref of `type_`; `sizes` are its dynamic dimensions."""
    if not isinstance(type_, MemRefType) or element_format(type_.element_type) is None:
        t.refuse(op, f"memory of type {type_} is not modelled")
    dynamic = iter(sizes)
    shape = tuple(index(size) if size >= 0 else next(dynamic) for size in type_.get_shape())
    strides = row_major(shape, t) if sizes else t.strides_of(type_, op)
    return View(storage, type_.element_type, index(0), shape, strides)


def fixed_storage(t: Translator, key: object, source: str, label: str, hint: str) -> Storage:
    """Memory that stays in place while the core runs: set up in the prologue, once per `key`."""
    if key in t.storages:
        return t.storages[key]
    array = t.emitter.fresh(f"{hint}_memory")
    t.emitter.start(f"{array} = {source}")
    views: dict[str, str] = {}

    def view(wanted: str) -> str:
        if wanted not in views:
            views[wanted] = t.emitter.fresh(f"{hint}_{wanted}")
            text = f"address_of({array})" if wanted == "address" else f"typed({array}, {wanted!r})"
            t.emitter.start(f"{views[wanted]} = {text}")
        return views[wanted]

    t.storages[key] = Storage(array, lambda: view("address"), label, view, group=array)
    return t.storages[key]


def buffer_view(t: Translator, op: BufferOp) -> View:
    """An `aie.buffer` of this tile or of a neighbour."""
    name = t.placed_name(op)
    storage = fixed_storage(t, op, f"memory({name!r})", f"buffer {name}", name)
    return view_of(t, op, op.result.type, storage)


def _buffer(t: Translator, op: Operation) -> None:
    assert isinstance(op, BufferOp)
    t.values[op.result] = buffer_view(t, op)


def _get_global(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.GetGlobalOp)
    name = op.name_.string_value()
    found = t.lookup(op, name)
    if not isinstance(found, memref.GlobalOp):
        t.refuse(op, f"@{name} is no `memref.global`")
    initial = found.initial_value
    if isinstance(initial, DenseIntOrFPElementsAttr):
        source = f"initialised({t.emitter.constant(dense_bytes(t, found, initial), f'{name}_contents')})"
    else:
        source = f"poisoned({_byte_count(t, found, found.type)})"
    storage = fixed_storage(t, found, source, f"@{name}", name)
    t.values[op.memref] = view_of(t, op, found.type, storage)


def dense_bytes(t: Translator, op: Operation, initial: DenseIntOrFPElementsAttr) -> bytes:
    """The contents of a dense constant as they lie in memory; a splat is repeated."""
    letter = element_format(initial.get_element_type())
    if letter is None:
        t.refuse(op, f"constants of {initial.get_element_type()} are not modelled")
    count = 1
    for size in initial.get_shape():
        count *= size
    data = initial.data.data
    return data * count if initial.is_splat() and len(data) != count * ITEM_BYTES[letter] else data


def _byte_count(t: Translator, op: Operation, type_: Attribute) -> int:
    if not isinstance(type_, MemRefType) or any(size < 0 for size in type_.get_shape()):
        t.refuse(op, f"memory of type {type_} is not modelled")
    letter = element_format(type_.element_type)
    if letter is None:
        t.refuse(op, f"memory of {type_.element_type} is not modelled")
    count = ITEM_BYTES[letter]
    for size in type_.get_shape():
        count *= size
    return count


def _alloc(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.AllocOp | memref.AllocaOp)
    type_ = op.memref.type
    letter = element_format(type_.element_type) if isinstance(type_, MemRefType) else None
    if letter is None:
        t.refuse(op, f"memory of type {type_} is not modelled")
    sizes = [t.scalar(value) for value in op.dynamic_sizes]
    count = index(ITEM_BYTES[letter])
    dynamic = iter(sizes)
    for size in type_.get_shape():
        count = _product(t, count, index(size) if size >= 0 else next(dynamic))
    name = t.emitter.fresh(op.memref.name_hint, "stack")
    array = t.emitter.fresh(f"{name}_memory")
    t.line(f"{array} = poisoned({count})")
    t.line(f"{name} = typed({array}, {letter!r})")

    def view(key: str) -> str:
        return name if key == letter else f"typed({array}, {key!r})"

    storage = Storage(array, lambda: f"address_of({array})", f"stack memory %{name}", view, group=array)
    t.values[op.memref] = view_of(t, op, type_, storage, sizes)


# Reading and writing -------------------------------------------------------------------------------------------------


def only_stored(result: SSAValue) -> bool:
    """Whether a value goes nowhere but to memory, whose f32 rounds what is written there."""
    return all(use.operation.name in {"memref.store", "affine.store"} and use.index == 0 for use in result.uses)


def load(t: Translator, result: SSAValue, view: View, indices: Sequence[Scalar]) -> None:
    """Define `result` as an element of `view`."""
    place = element_at(t, view, indices)
    if isinstance(view.element, Float32Type) and only_stored(result):
        t.define(result, f"{view.storage.view('I')}[{place}]")
        t.values[result] = Scalar(t.scalar(result).text, _RAW, *limits(_RAW))
    elif integer_bits(view.element) == 1:
        t.define(result, f"{view.storage.view('B')}[{place}] & 1", 0, 1)
    else:
        t.define(result, f"{view.storage.view(view.format)}[{place}]", *limits(view.element))


def store(t: Translator, value: Scalar, view: View, indices: Sequence[Scalar]) -> None:
    place = element_at(t, view, indices)
    letter = "I" if value.type == _RAW and isinstance(view.element, Float32Type) else view.format
    t.line(f"{view.storage.view(letter)}[{place}] = {value}")


def _load(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.LoadOp)
    load(t, op.res, t.view(op.memref), [t.scalar(value) for value in op.indices])


def _store(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.StoreOp)
    store(t, t.scalar(op.value), t.view(op.memref), [t.scalar(value) for value in op.indices])


def strided_text(view: View) -> str:
    """Python text of the numpy view that a memref denotes."""
    shape = "".join(f"{size}, " for size in view.shape)
    strides = "".join(f"{stride}, " for stride in view.strides)
    return f"strided({view.storage.array}, {NUMPY_DTYPES[view.format]!r}, {view.offset}, ({shape}), ({strides}))"


def _copy(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.CopyOp)
    source, destination = t.view(op.source), t.view(op.destination)
    t.emitter.subject = f"{source.storage.label} or {destination.storage.label}"
    t.line(f"copy_elements({strided_text(source)}, {strided_text(destination)})")


# The same memory seen differently ------------------------------------------------------------------------------------


def mixed(t: Translator, static: DenseArrayBase[IntegerType], dynamic: Sequence[SSAValue]) -> list[Scalar]:
    """A list of static numbers with operands in the dynamic places."""
    operands = iter(dynamic)
    return [t.scalar(next(operands)) if number == DYNAMIC_INDEX else index(int(number)) for number in static.get_values()]


def _subview(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.SubviewOp)
    source = t.view(op.source)
    offsets = mixed(t, op.static_offsets, op.offsets)
    sizes = mixed(t, op.static_sizes, op.sizes)
    steps = mixed(t, op.static_strides, op.strides)
    offset = named(t, position(source.offset, offsets, source.strides), "offset")
    strides = [_product(t, stride, step) for stride, step in zip(source.strides, steps, strict=True)]
    kept = _kept_dimensions(sizes, op.result.type)
    t.values[op.result] = View(
        source.storage, source.element, offset, tuple(sizes[d] for d in kept), tuple(strides[d] for d in kept)
    )


def _kept_dimensions(sizes: Sequence[Scalar], type_: Attribute) -> list[int]:
    """Which dimensions of a subview its result type keeps: it may drop some of size 1."""
    assert isinstance(type_, MemRefType)
    wanted, kept = list(type_.get_shape()), []
    surplus = len(sizes) - len(wanted)
    for dimension, size in enumerate(sizes):
        if surplus and size.constant == 1 and (not wanted or wanted[0] != 1 or len(sizes) - dimension > len(wanted)):
            surplus -= 1
            continue
        kept.append(dimension)
        wanted = wanted[1:]
    return kept


def _reinterpret(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.ReinterpretCastOp)
    source = t.view(op.source)
    (offset,) = mixed(t, op.static_offsets, op.offsets)
    sizes = mixed(t, op.static_sizes, op.sizes)
    strides = mixed(t, op.static_strides, op.strides)
    t.values[op.result] = View(source.storage, source.element, offset, tuple(sizes), tuple(strides))


def _same(t: Translator, op: Operation) -> None:
    for result in op.results:
        t.values[result] = t.view(op.operands[0])


def _reshape(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.CollapseShapeOp | memref.ExpandShapeOp)
    source, type_ = t.view(op.src), op.result.type
    if not source.is_contiguous or not isinstance(type_, MemRefType) or any(size < 0 for size in type_.get_shape()):
        t.refuse(op, f"`{op.name}` of memory that is not contiguous, or of unknown size, is not modelled")
    shape = tuple(index(size) for size in type_.get_shape())
    t.values[op.result] = View(source.storage, source.element, source.offset, shape, row_major(shape, t))


def _view_bytes(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.ViewOp)
    source, type_ = t.view(op.source), op.result.type
    assert isinstance(type_, MemRefType)
    letter = element_format(type_.element_type)
    start = position(source.offset, [t.scalar(op.byte_shift)], [index(1)]).constant
    if letter is None or start is None or start % ITEM_BYTES[letter]:
        t.refuse(op, "`memref.view` with a shift that is not a constant multiple of the element size is not modelled")
    sizes = [t.scalar(value) for value in op.sizes]
    whole = view_of(t, op, type_, source.storage, sizes)
    t.values[op.result] = View(whole.storage, whole.element, index(start // ITEM_BYTES[letter]), whole.shape, whole.strides)


def _dim(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.DimOp)
    number = t.scalar(op.index).constant
    shape = t.view(op.source).shape
    if number is None or not 0 <= number < len(shape):
        t.refuse(op, "`memref.dim` of a dimension that is not a constant is not modelled")
    t.alias(op.result, shape[number])


def _rank(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.RankOp)
    t.values[op.rank] = index(len(t.view(op.source).shape))


def _metadata(t: Translator, op: Operation) -> None:
    assert isinstance(op, memref.ExtractStridedMetaDataOp)
    view = t.view(op.source)
    t.values[op.base_buffer] = View(view.storage, view.element, index(0), (), ())
    t.values[op.offset] = view.offset
    t.values.update(zip(op.sizes, view.shape, strict=True))
    t.values.update(zip(op.strides, view.strides, strict=True))


def _nothing(t: Translator, op: Operation) -> None:
    """Stack memory ends with the core's program."""


HANDLERS: dict[str, Handler] = {
    "aie.buffer": _buffer,
    "memref.load": _load,
    "memref.store": _store,
    "memref.copy": _copy,
    "memref.alloc": _alloc,
    "memref.alloca": _alloc,
    "memref.dealloc": _nothing,
    "memref.get_global": _get_global,
    "memref.subview": _subview,
    "memref.reinterpret_cast": _reinterpret,
    "memref.cast": _same,
    "memref.memory_space_cast": _same,
    "memref.assume_alignment": _same,
    "memref.collapse_shape": _reshape,
    "memref.expand_shape": _reshape,
    "memref.view": _view_bytes,
    "memref.dim": _dim,
    "memref.rank": _rank,
    "memref.extract_strided_metadata": _metadata,
}
