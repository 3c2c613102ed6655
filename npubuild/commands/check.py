"""`npubuild check DESIGN.mlir [--format text|json|sarif]`: exit code 1 when a finding is an error."""

from __future__ import annotations

import argparse
import sys

from npubuild.check import check_design
from npubuild.check.output import FORMATS
from npubuild.errors import Severity
from npubuild.mlir.source import read_design


def run(arguments: argparse.Namespace) -> int:
    findings = check_design(read_design(arguments.design))
    sys.stdout.write(FORMATS[arguments.format](findings, arguments.design))
    return int(any(finding.severity is Severity.ERROR for finding in findings))
