"""A cache of build steps by content, which checkouts, containers and machines share; see docs/builds.md."""

from npubuild.cache.entries import Cache, Found
from npubuild.cache.location import open_cache

__all__ = ["Cache", "Found", "open_cache"]
