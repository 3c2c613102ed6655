"""Kinds of failures that the exit code tells apart."""

from npubuild.errors import UserError


class CheckError(UserError):
    """A design that the checks refuse: it would hang, or corrupt data, on hardware."""
