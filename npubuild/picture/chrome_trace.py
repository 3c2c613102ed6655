"""A trace in the format that Perfetto and chrome://tracing open (Trace Event Format, JSON object form)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from npubuild.emulator.tracing import SEQUENCER, Slice, Trace, Track
from npubuild.hardware.devices import Channel, Tile

CLOCK = "emulator order: 1 us is one turn of a process; a kernel call lasts as long as on the host; no hardware cycles"
PROCESSES = {1: "host sequence", 2: "cores", 3: "DMA channels", 4: "full objects in fifos"}

Event = dict[str, Any]


def chrome_trace(trace: Trace, names: Mapping[Channel, str]) -> str:
    """The JSON text. `names` are the fifos that channels serve, for the names of their tracks.

    Every track has slices ("X" events) that follow one another, times are microseconds of the clock described in `CLOCK`.
    """
    events = [*_metadata(trace, names), *_runs(trace), *_slices(trace, names), *_levels(trace)]
    document = {"traceEvents": events, "displayTimeUnit": "ms", "otherData": {"clock": CLOCK, "made by": "npubuild emulate"}}
    return json.dumps(document, separators=(",", ":")) + "\n"


def tracks(trace: Trace) -> list[Track]:
    """All tracks in the order of display: the sequencer, cores, channels."""
    found = {slice_.track for slice_ in trace.slices}
    return sorted(found, key=lambda track: (_process(track), track if isinstance(track, tuple) else ()))


def track_name(track: Track, names: Mapping[Channel, str]) -> str:
    """What a track is called: `core (0, 2)`, `DMA 0 0 MM2S 0 @in`."""
    if isinstance(track, Channel):
        return f"DMA {track} @{names[track]}" if track in names else f"DMA {track}"
    return f"core {track}" if isinstance(track, Tile) else track


def _process(track: Track) -> int:
    return 1 if track == SEQUENCER else 3 if isinstance(track, Channel) else 2


def _threads(trace: Trace) -> dict[Track, tuple[int, int]]:
    """Process and thread number of each track."""
    return {track: (_process(track), number) for number, track in enumerate(tracks(trace), 1)}


def _metadata(trace: Trace, names: Mapping[Channel, str]) -> Iterator[Event]:
    for number, name in PROCESSES.items():
        yield {"ph": "M", "name": "process_name", "pid": number, "tid": 0, "args": {"name": name}}
        yield {"ph": "M", "name": "process_sort_index", "pid": number, "tid": 0, "args": {"sort_index": number}}
    for track, (process, thread) in _threads(trace).items():
        name = track_name(track, names)
        yield {"ph": "M", "name": "thread_name", "pid": process, "tid": thread, "args": {"name": name}}
        yield {"ph": "M", "name": "thread_sort_index", "pid": process, "tid": thread, "args": {"sort_index": thread}}


def _runs(trace: Trace) -> Iterator[Event]:
    for number, time in enumerate(trace.runs, 1):
        yield {"ph": "i", "s": "g", "name": f"run {number}", "cat": "run", "ts": time, "pid": 1, "tid": 0}


def _slices(trace: Trace, names: Mapping[Channel, str]) -> Iterator[Event]:
    threads = _threads(trace)
    for slice_ in sorted(trace.slices, key=lambda item: (threads[item.track], item.begin)):
        process, thread = threads[slice_.track]
        yield {
            "ph": "X",
            "name": slice_.activity.name,
            "cat": slice_.activity.kind,
            "ts": round(slice_.begin, 3),
            "dur": round(slice_.duration, 3),
            "pid": process,
            "tid": thread,
            "args": _arguments(slice_, names),
        }


def _arguments(slice_: Slice, names: Mapping[Channel, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if slice_.nbytes:
        found["bytes"] = slice_.nbytes
    if slice_.seconds:
        found["host microseconds"] = round(slice_.seconds * 1e6, 3)
    if isinstance(slice_.track, Channel) and slice_.track in names:
        found["fifo"] = names[slice_.track]
    return found


def _levels(trace: Trace) -> Iterator[Event]:
    for level in trace.levels:
        name = f"@{level.fifo} on {level.tile}"
        counted = {"full objects": level.objects}
        yield {"ph": "C", "name": name, "ts": round(level.time, 3), "pid": 4, "tid": 0, "args": counted}
