"""Kernel calls beside the scheduling thread: a small pool of threads in C++ (pool.cc), compiled when it is first used."""

from npubuild.emulator.native.pool import Pool, Posted, open_pool

__all__ = ["Pool", "Posted", "open_pool"]
