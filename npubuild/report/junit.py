"""Results of smoke tests as JUnit XML, which CI systems show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import asdict

from npubuild.smoke.result import Result, Status

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {Status.FAIL: "failure", Status.TIMEOUT: "failure", Status.UNSUPPORTED: "error", Status.SKIP: "skipped"}


def junit_xml(results: Sequence[Result], suite: str) -> bytes:
    """A document with one test case for each result; measures become properties."""
    root = ET.Element("testsuites")
    element = ET.SubElement(
        root, "testsuite", name=suite, tests=str(len(results)), time=f"{sum(map(_seconds, results)):.6f}"
    )
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(_ELEMENTS.get(result.status) == kind for result in results)))
    for result in results:
        _add_case(element, result, suite)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _add_case(suite: ET.Element, result: Result, class_name: str) -> None:
    case = ET.SubElement(suite, "testcase", classname=class_name, name=result.kernel, time=f"{_seconds(result):.6f}")
    known = asdict(result.measures) if result.measures is not None else {}
    if result.hardware:
        known["hardware"] = result.hardware
    if known:
        properties = ET.SubElement(case, "properties")
        for name, value in known.items():
            ET.SubElement(properties, "property", name=name, value=str(value))
    if result.status in _ELEMENTS:
        message = _clean(result.problems[0].splitlines()[0]) if result.problems else result.verdict
        outcome = ET.SubElement(case, _ELEMENTS[result.status], type=result.status.value, message=message)
        outcome.text = _clean("\n".join((result.verdict, *result.problems)))


def _seconds(result: Result) -> float:
    """Time on the device, all runs."""
    return result.measures.seconds * result.measures.runs if result.measures else 0.0


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("?", text)
