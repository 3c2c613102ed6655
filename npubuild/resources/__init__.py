"""Whether a kernel fits its cores: stack, data memory, program memory, and what core code must not have.

`analyse` asks a compiler about the sources of an object; `check_resources` holds the answer against a placed design.
"""

from npubuild.resources.check import Resources, check_resources

__all__ = ["Resources", "check_resources"]
