"""What code of a core may use that is not in its sources, and what it would in vain (section 3 of toolchain-facts.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LIBM = """
acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh erf erfc exp exp10 exp2 expm1 fdim floor fma fmax fmin fmod frexp
hypot ilogb j0 j1 jn ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nearbyint nextafter nexttoward
pow pow10 remainder remquo rint round roundeven scalbln scalbn significand sin sincos sinh sqrt tan tanh tgamma trunc y0 y1
yn
"""
LIBM = frozenset(f"{name}{suffix}" for name in _LIBM.split() for suffix in ("", "f", "l"))
"""The mathematical library, for double, float and long double. What is inline everywhere (fabs, copysign) is not of it."""

WIDE_DIVISION = re.compile(r"__u?(div|mod|divmod)(di|ti)[34]")
RUNTIME = re.compile(
    r"mem(cpy|set|move|cmp)|__u?(div|mod|mul|divmod)[sh]i[34]|__(mul|neg|ashl|ashr|lshr|u?cmp)di[23]"
    r"|__(popcount|clz|ctz|ffs|parity|bswap|clrsb)[sd]i2|__\w+[hsdtb]f[23]?|__cxa_atexit|__dso_handle"
)
"""What a compiler calls by itself and Peano's own libraries have."""

DIVISION_CURE = (
    "divide 32-bit numbers, or multiply and shift; `long` and `size_t` have 64 bits here and 32 on a core: write int32_t or"
    " uint32_t"
)


@dataclass(frozen=True)
class Family:
    """Functions and data that no core has for one reason: why in words, and what to do instead."""

    rule: str
    names: re.Pattern[str]
    reason: str
    cure: str

    def has(self, name: str) -> bool:
        return self.names.fullmatch(name) is not None


_FAMILIES = (
    Family(
        "wide-division",
        WIDE_DIVISION,
        "a core has no 64-bit division",
        DIVISION_CURE,
    ),
    Family(
        "heap-allocation",
        re.compile(r"(m|c|re|v|pv)alloc|free|aligned_alloc|posix_memalign|memalign|_Zn[aw]\w+|_Zd[al]P\w+|strn?dup"),
        "a core has no heap",
        "use arrays of constant size, or a buffer of the design",
    ),
    Family(
        "core-exception",
        re.compile(
            r"__cxa_(throw|rethrow|allocate_exception|free_exception|begin_catch|end_catch|bad_|throw_)\w*|_Unwind_\w+"
            r"|_ZSt\d+__throw_\w+|_ZSt9terminatev|__gxx_personality_\w+"
        ),
        "a core has no exceptions",
        "return a value that says so, or leave the check to the host",
    ),
    Family(
        "core-assert",
        re.compile(r"__assert\w*|abort|_?exit|_Exit|quick_exit"),
        "a core cannot stop with a message",
        "for cores `assert` is compiled to nothing: use static_assert, or leave the check to the reference model",
    ),
    Family(
        "core-output",
        re.compile(
            r"(__)?v?[fsd]?n?(printf|scanf)(_chk)?|f?put[sc]|putc?har|f(write|flush|open|close)|perror|std(in|out|err)"
            r"|_ZSt4c(out|err|log|in)|_ZN?K?So\w+|_ZN?St\w*(ostream|ios_base|basic_ios)\w*|_ZNSt9basic_ios\w*"
        ),
        "a core has nowhere to print",
        "write the value into an output buffer; `npubuild emulate --trace` shows what a design does",
    ),
    Family(
        "static-guard",
        re.compile(r"__cxa_guard_\w+"),
        "a core has no guards, which static variables need that are initialised at run time",
        "make it constexpr, or a table",
    ),
    Family(
        "thread-local",
        re.compile(r"__tls_get_addr|_ZT[HW]\w+|__emutls\w+|__tlsdesc\w*"),
        "a core has no threads, and no variables of one",
        "pass a pointer, or use a local variable",
    ),
)
_NO_LIBM = Family("libm-call", re.compile(""), "a core has no libm", "use integers or a table")


def family_of(name: str) -> Family | None:
    """The family of what no core has that a symbol is of; None for any other symbol, which may be there or not."""
    if name in LIBM:
        return _NO_LIBM
    return next((family for family in _FAMILIES if family.has(name)), None)
