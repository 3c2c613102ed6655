"""Whether a kernel fits its cores: stack, data memory, program memory, and what core code must not have.

`compiler` says how a compiler is asked about the sources of an object, `analyse` reads what it answers, and `check` holds
that against a placed design.
"""
