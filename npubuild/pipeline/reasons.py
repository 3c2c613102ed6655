"""Why a step has to run again, in words: what is different between the recipe that was recorded and the present one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

_KINDS = {
    **dict.fromkeys((".h", ".hh", ".hpp", ".hxx", ".inc"), "header "),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".c"), "source "),
    **dict.fromkeys((".so", ".o"), "object "),
    ".mlir": "design ",
    ".py": "program ",
}


def recipe_changes(recorded: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[str]:
    """One text for every difference; both recipes are plain data as JSON gives it."""
    for topic in dict.fromkeys([*current, *recorded]):
        before, now = recorded.get(topic), current.get(topic)
        if before == now:
            continue
        if topic == "flags" and isinstance(before, list) and isinstance(now, list):
            yield from _flags(before, now)
        elif is_tool(before) and is_tool(now):
            yield from _tool(topic, before, now)  # type: ignore[arg-type]
        elif isinstance(before, dict) and isinstance(now, dict):
            yield from _entries(topic, before, now)
        else:
            yield _change(topic, before, now)


def input_change(name: str, present: bool) -> str:
    """`name` as the manifest has it."""
    kind = _KINDS.get(PurePath(name).suffix, "" if PurePath(name).suffix else "header ")  # <cmath> has no suffix
    return f"{kind}{name} {'changed' if present else 'is missing'}"


def _flags(before: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    removed = [flag for flag in before if flag not in now]
    added = [flag for flag in now if flag not in before]
    for old in list(removed):
        similar = [new for new in added if _stem(new) == _stem(old)]
        if similar:
            removed.remove(old)
            added.remove(similar[0])
            yield f"flag {old} -> {similar[0]}"
    yield from (f"flag {flag} removed" for flag in removed)
    yield from (f"flag {flag} added" for flag in added)
    if sorted(before) == sorted(now):
        yield "order of the flags changed"
    elif set(before) == set(now):
        yield "a flag's repetition changed"


def _stem(flag: str) -> str:
    """What two flags have in common that stand for one choice: -O1 and -O2, -DSIZE=3 and -DSIZE=4."""
    name, equals, _ = flag.partition("=")
    return name if equals else flag[:2] if flag[:2] in {"-O", "-g"} else flag


def is_tool(value: Any) -> bool:
    return isinstance(value, dict) and {"path", "version", "digest"} <= value.keys()


def _tool(topic: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if before["version"] != now["version"]:
        yield f"{topic} {before['version'] or before['path']} -> {now['version'] or now['path']}"
    elif before["path"] != now["path"]:
        yield f"{topic} {before['path']} -> {now['path']}"
    elif before["digest"] != now["digest"]:
        yield f"{topic} {now['path']} was replaced by another one of the same version"
    shown = {"path", "version", "digest"}
    rest = ({key: value for key, value in side.items() if key not in shown} for side in (before, now))
    yield from _entries(topic, *rest)


def _entries(topic: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Differences between mappings, key by key; digests are not worth showing."""
    for key in dict.fromkeys([*now, *before]):
        old, new = before.get(key), now.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _entries(f"{topic}: {key}", old, new)
        else:
            yield _change(f"{topic}: {key}" if topic else key, old, new)


def _change(what: str, before: Any, now: Any) -> str:
    if not (_is_short(before) and _is_short(now)):
        return f"{what} changed"
    if before in (None, ""):
        return f"{what} is now {now}"
    if now in (None, ""):
        return f"{what} is gone (it was {before})"
    return f"{what} {before} -> {now}"


def _is_short(value: Any) -> bool:
    """Worth showing: a scalar or a list of a few, that is no digest."""
    text = str(value)
    return not isinstance(value, dict) and len(text) <= 60
