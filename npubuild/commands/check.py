"""`npubuild check DESIGN.mlir [--format text|json|sarif]`: exit code 1 when a finding is an error."""

from __future__ import annotations

import argparse
import sys

from npubuild.check import check_design
from npubuild.check.output import FORMATS
from npubuild.errors import Severity
from npubuild.mlir.source import read_design
from npubuild.terminal import say


def run(arguments: argparse.Namespace) -> int:
    findings = check_design(read_design(arguments.design))
    text = FORMATS[arguments.format](findings, arguments.design)
    if arguments.format == "text":
        say(text.rstrip("\n"))
    else:
        sys.stdout.write(text)
    return int(any(finding.severity is Severity.ERROR for finding in findings))
