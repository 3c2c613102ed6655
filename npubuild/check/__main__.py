"""`python -m npubuild.check`: the text of docs/rules.md."""

from npubuild.check.rules import markdown

print(markdown(), end="")
