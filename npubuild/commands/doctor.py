"""`npubuild doctor [--json]`: exit code 0 when NPU builds and runs are possible, 1 when builds only, 2 when neither."""

from __future__ import annotations

import argparse
import json

from npubuild.report.doctor import describe
from npubuild.terminal import say
from npubuild.toolchain.diagnosis import diagnose


def run(arguments: argparse.Namespace) -> int:
    diagnosis = diagnose()
    if arguments.json:
        print(json.dumps(diagnosis.as_json(), indent=2))
    else:
        say(describe(diagnosis))
    return diagnosis.exit_code
