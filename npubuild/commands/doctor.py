"""`npubuild doctor [--json]`: exit code 0 when NPU builds and runs are possible, 1 when builds only, 2 when neither."""

from __future__ import annotations

import argparse
import json

from npubuild.report.doctor import describe
from npubuild.toolchain.diagnosis import diagnose


def run(arguments: argparse.Namespace) -> int:
    diagnosis = diagnose()
    print(json.dumps(diagnosis.as_json(), indent=2) if arguments.json else describe(diagnosis))
    return diagnosis.exit_code
