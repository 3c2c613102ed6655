"""`npubuild cache stats|verify|prune`: what the cache of builds holds, whether it is sound, and making it smaller."""

from __future__ import annotations

import argparse
from typing import NoReturn

from npubuild.cache import Cache, open_cache
from npubuild.cache.location import parse_size
from npubuild.errors import Place, UserError


def run(arguments: argparse.Namespace) -> int:
    cache = open_cache()
    if cache is None:
        _refuse("the cache is switched off")
    if arguments.action == "stats":
        found = cache.statistics()
        print(f"{cache.store}: {found.entries} steps, {found.blobs} files, {_shown(found.nbytes)} of {_shown(cache.limit)}")
        return 0
    if arguments.action == "verify":
        return _verify(cache)
    if not cache.store.writable:
        _refuse("this cache can only be read")
    limit = parse_size(arguments.size, "--size") if arguments.size else cache.limit
    print(f"{cache.store}: {_shown(cache.prune(limit))} removed")
    return 0


def _verify(cache: Cache) -> int:
    """Exit code 1 when something was damaged; it is gone then."""
    damaged = list(cache.verify())
    for name in damaged:
        print(f"{name} was damaged{' and is removed' if cache.store.writable else ''}")
    print(f"{cache.store}: {len(damaged)} damaged files" if damaged else f"{cache.store}: everything is sound")
    return 1 if damaged else 0


def _refuse(message: str) -> NoReturn:
    raise UserError.at(Place("$NPUBUILD_CACHE"), message, hint="set it to a folder")


def _shown(nbytes: int) -> str:
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if nbytes >= factor:
            return f"{nbytes / factor:.1f} {unit}"
    return f"{nbytes} bytes"
