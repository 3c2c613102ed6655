"""Enumerations that behave like pybind11's `enum_` (xrt-facts.md, 2.1).

They are not `enum.Enum`: their text, their members and above all their equality differ. A member equals an int only for the
two plain C enumerations; no function takes an int for a member, but a class converts one: `bo.flags(0)`.
"""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

import operator
from typing import Any, ClassVar


def member(value: int) -> Any:
    """Declares a member in the body of an enumeration; the class replaces it by an instance."""
    return value


class BoundEnum:
    """The base of all enumerations; `comparable` is pybind11's `is_convertible`, true for plain C enumerations."""

    __members__: ClassVar[dict[str, Any]]
    _comparable: ClassVar[bool]
    _value: int

    def __init_subclass__(cls, *, comparable: bool = False) -> None:
        cls._comparable = comparable
        values = {name: value for name, value in vars(cls).items() if isinstance(value, int) and not name.startswith("_")}
        cls.__members__ = {name: cls(value) for name, value in values.items()}
        for name, instance in cls.__members__.items():
            setattr(cls, name, instance)

    def __init__(self, value: int) -> None:
        if isinstance(value, float) or not hasattr(type(value), "__index__"):
            name = f"pyxrt.{type(self).__qualname__}"
            raise TypeError(
                "__init__(): incompatible constructor arguments. The following argument types are supported:\n"
                f"    1. {name}(value: int)\n\nInvoked with: {value!r}"
            )
        self._value = operator.index(value)

    @property
    def value(self) -> int:
        return self._value

    @property
    def name(self) -> str:
        return self._text()

    def _text(self) -> str:
        """The name; `name` itself is a member in `xrt_info_device`."""
        return next((name for name, known in self.__members__.items() if known.value == self._value), "???")

    def __int__(self) -> int:
        return self._value

    def __index__(self) -> int:
        return self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __eq__(self, other: object) -> bool:
        if self._comparable:
            return other is not None and self._value == (other.value if isinstance(other, BoundEnum) else other)
        return type(self) is type(other) and self._value == int(other)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self._text()}: {self._value}>"

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self._text()}"

    def __reduce__(self) -> tuple[type[BoundEnum], tuple[int]]:
        return type(self), (self._value,)


class xclBOSyncDirection(BoundEnum, comparable=True):
    """Which way `bo.sync` copies."""

    XCL_BO_SYNC_BO_TO_DEVICE = member(0)
    XCL_BO_SYNC_BO_FROM_DEVICE = member(1)
    XCL_BO_SYNC_BO_GMIO_TO_AIE = member(2)
    XCL_BO_SYNC_BO_AIE_TO_GMIO = member(3)


class ert_cmd_state(BoundEnum, comparable=True):
    """The state of a run; 3 (running) exists in C but is not bound."""

    ERT_CMD_STATE_NEW = member(1)
    ERT_CMD_STATE_QUEUED = member(2)
    ERT_CMD_STATE_COMPLETED = member(4)
    ERT_CMD_STATE_ERROR = member(5)
    ERT_CMD_STATE_ABORT = member(6)
    ERT_CMD_STATE_SUBMITTED = member(7)
    ERT_CMD_STATE_TIMEOUT = member(8)
    ERT_CMD_STATE_NORESPONSE = member(9)
    ERT_CMD_STATE_SKERROR = member(10)
    ERT_CMD_STATE_SKCRASHED = member(11)


class xrt_info_device(BoundEnum):
    """Keys of `device.get_info`."""

    bdf = member(0)
    interface_uuid = member(1)
    kdma = member(2)
    max_clock_frequency_mhz = member(3)
    m2m = member(4)
    name = member(5)
    nodma = member(6)
    offline = member(7)
    electrical = member(8)
    thermal = member(9)
    mechanical = member(10)
    memory = member(11)
    platform = member(12)
    pcie_info = member(13)
    host = member(14)
    dynamic_regions = member(17)
    vmr = member(18)


class xrt_msg_level(BoundEnum):
    """Levels of `log_message`."""

    emergency = member(0)
    alert = member(1)
    critical = member(2)
    error = member(3)
    warning = member(4)
    notice = member(5)
    info = member(6)
    debug = member(7)


class ext_access_mode(BoundEnum):
    """`ext.access_mode`, the only enumeration with `|` and `&`."""

    none = member(0)
    read = member(1)
    write = member(2)
    read_write = member(3)
    local = member(0)
    shared = member(4)
    process = member(8)
    hybrid = member(16)

    def __or__(self, other: ext_access_mode) -> ext_access_mode:
        return ext_access_mode(int(self) | int(other))

    def __and__(self, other: ext_access_mode) -> ext_access_mode:
        return ext_access_mode(int(self) & int(other))


ext_access_mode.__name__ = "access_mode"
ext_access_mode.__qualname__ = "ext.access_mode"
