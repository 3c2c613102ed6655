"""Where a tool is, which generation it has, its command lines and its identity."""
