"""kernels.schema.json: what editors complete and check kernels.yaml with. Made from the same table as the validation.

python -m npubuild.registry.json_schema > kernels.schema.json
"""

from __future__ import annotations

import json

from npubuild.registry.table import registry_record


def schema_text() -> str:
    """The whole file."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kernels.yaml",
        "description": "The kernels that npubuild builds and tests.",
    }
    return json.dumps({**head, **registry_record().schema()}, indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
