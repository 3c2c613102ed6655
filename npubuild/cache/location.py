"""Which cache a build uses: NPUBUILD_CACHE (a folder, a URL, or `off`), else a folder in the user's cache directory."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from npubuild.cache.entries import Cache
from npubuild.cache.store import FolderStore, Store, UrlStore
from npubuild.errors import Place, UserError
from npubuild.files import user_cache

DEFAULT_LIMIT = 2 << 30  # bytes
_SIZE = re.compile(r"([0-9]+)([KMGT]?)B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_OFF = {"off", "none", "0"}


def open_cache(environment: Mapping[str, str] | None = None) -> Cache | None:
    """The cache, None when it is switched off. Raises UserError for a URL or a size that means nothing."""
    environment = os.environ if environment is None else environment
    place = environment.get("NPUBUILD_CACHE", "")
    if place.lower() in _OFF:
        return None
    store: Store = UrlStore(place) if "://" in place else FolderStore(Path(place or user_cache(environment)).absolute())
    return Cache(store, size_limit(environment))


def size_limit(environment: Mapping[str, str]) -> int:
    """NPUBUILD_CACHE_SIZE in bytes."""
    text = environment.get("NPUBUILD_CACHE_SIZE", "")
    return parse_size(text, "$NPUBUILD_CACHE_SIZE") if text else DEFAULT_LIMIT


def parse_size(text: str, name: str) -> int:
    """Bytes, with K, M, G or T for powers of 1024; UserError names where the text comes from."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UserError.at(Place(name), f"`{text}` is no size", hint="write it like 500M or 2G")
    return int(match[1]) * _UNITS[match[2].upper()]
