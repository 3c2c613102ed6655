import json
import struct
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from npubuild.errors import UserError
from npubuild.xclbin.build import (
    emulation_image,
    read_emulation_image,
    require_npu,
    write_emulated,
    write_npu_like,
)
from npubuild.xclbin.container import Mode, SectionKind, format_uuid, parse_uuid, read, read_container, write
from npubuild.xclbin.contents import parse_contents
from npubuild.xclbin.fields import Fields
from npubuild.xclbin.image import SequenceRecord, make_image, pack_image, parse_image
from npubuild.xclbin.inspect import describe, inspect

UUID = "797d154f-b64a-28f4-15e1-e41e811ff188"
PDI_UUID = "30b95451-7de4-47e6-a90c-c5d624ec977a"


def npu_file(buffers=5, columns=4, pdi=bytes(0xC530)):
    return write_npu_like(
        pdi,
        columns=columns,
        uuid=parse_uuid(UUID),
        timestamp=0x69038A74,
        pdi_uuid=parse_uuid(PDI_UUID),
        buffers=buffers,
    )


def image(**changes):
    fields = {
        "name": "passthrough",
        "device": "npu1_1col",
        "sequences": (SequenceRecord("sequence", ("memref<480xi8>", "memref<480xi8>"), "ab" * 32),),
        "libraries": {"copy.so": b"\x7fELF"},
        "host": "linux-x86_64",
    }
    return make_image("module {}\n", **(fields | changes))


# The worked example: a file of October 2025 (xrt-facts.md, 1.5) -----------------------------------------------------------


def test_sections_lie_where_xclbinutil_puts_them():
    data = npu_file()
    assert len(data) == 56_938
    assert [(s.kind, s.name, s.offset, len(s.data)) for s in read(data, "real").sections] == [
        (6, "main_mem_topolo", 736, 88),
        (32, "main_aie_partit", 824, 50904),
        (2, "", 51728, 1351),
        (8, "", 53080, 88),
        (7, "", 53168, 76),
        (27, "", 53248, 148),
        (26, "", 53400, 88),
    ]
    assert data[53488:].startswith(b"XCLBIN_MIRROR_DATA_START{")
    assert data.endswith(b"}\nXCLBIN_MIRROR_DATA_END")


def test_header_fields():
    data = npu_file()
    assert data[:8] == b"xclbin2\0"
    assert struct.unpack_from("<i", data, 8) == (-1,)
    assert set(data[12:296]) == {0xFF}
    assert struct.unpack_from("<4Q", data, 296) == (0x69038A74, len(data), 0x69038A74, 0)
    assert struct.unpack_from("<HBBHH", data, 328) == (0, 2, 20, 0, 0)
    assert data[416:432].hex() == UUID.replace("-", "")
    assert struct.unpack_from("<I", data, 448) == (7,)


def test_memories_connections_and_compute_unit():
    data = npu_file()
    assert struct.unpack_from("<i4xBB6xQQ16s", data, 736) == (2, 2, 1, 0x10000, 0x4000000, b"HOST" + bytes(12))
    assert struct.unpack_from("<BB6xQQ16s", data, 784) == (2, 1, 0xC000, 0x4000000, b"SRAM" + bytes(12))
    assert data[736:824] == data[53400:53488]
    six = struct.pack("<18i", 1, 0, 1, 3, 0, 0, 4, 0, 0, 5, 0, 0, 6, 0, 0, 7, 0, 0)
    assert data[53168:53248] == struct.pack("<i", 6) + six + bytes(4)
    assert data[53248:53400] == struct.pack("<i", 12) + six + six + bytes(4)
    unit = struct.pack("<i4xIIQ64s", 1, 7, 0x09010001, 2**64 - 1, b"MLIR_AIE:MLIRAIE")
    assert data[53080:53168] == unit


def test_partition_is_laid_out_as_in_the_real_file():
    part = npu_file(pdi=bytes(range(256)) * 0xC5 + bytes(0x30))[824 : 824 + 50904]
    assert struct.unpack_from("<B3xIi4xQQ", part) == (0, 0xB8, 2048, 23423, 12345)
    assert struct.unpack_from("<H6xII", part, 32) == (4, 1, 0xC8)
    assert struct.unpack_from("<III", part, 120) == (1, 0xC678, 0xC0)
    assert part[0xD0:0xD8] == bytes(range(8))
    assert part[0xC600:0xC608] == b"DPU" + bytes(5)
    assert struct.unpack_from("<QQ", part, 0xC608) == (0x901, 0xC1)
    assert struct.unpack_from("<IB3xQIIII", part, 0xC618) == (0xC600, 1, 1, 1, 0xC608, 1, 0xC610)
    assert part[0xC678:0xC688].hex() == PDI_UUID.replace("-", "")
    assert struct.unpack_from("<IIII", part, 0xC688) == (0xC530, 0xD0, 1, 0xC618)


@pytest.mark.parametrize("buffers", [0, 1, 2, 5, 8, 20])
def test_metadata_list_every_buffer(buffers):
    (kernel,) = parse_contents(read(npu_file(buffers), "file")).kernels
    table = [(a.name, int(a.qualifier), a.size, a.offset, a.type) for a in kernel.arguments]
    assert table == [
        ("opcode", 0, 8, 0, "uint64_t"),
        ("instr", 1, 8, 8, "char *"),
        ("ninstr", 0, 4, 16, "uint32_t"),
        *((f"bo{i}", 1, 8, 0x14 + 8 * i, "void*") for i in range(buffers)),
    ]
    assert (kernel.name, kernel.instances, kernel.kernel_id, kernel.buffers) == ("MLIR_AIE", ("MLIRAIE",), 0x901, buffers)


def test_metadata_text():
    lines = npu_file()[51728:53079].decode().splitlines()
    assert lines[:6] == [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<project>",
        "  <platform>",
        "    <device>",
        "      <core>",
        '        <kernel name="MLIR_AIE" language="c" type="dpu">',
    ]
    assert lines[7].strip() == (
        '<arg name="opcode" addressQualifier="0" id="0" size="0x8" offset="0x00" '
        'hostOffset="0x0" hostSize="0x8" type="uint64_t"/>'
    )


def test_mirror_repeats_a_key_per_section_and_has_only_strings():
    text = npu_file()[53488:].removeprefix(b"XCLBIN_MIRROR_DATA_START").removesuffix(b"XCLBIN_MIRROR_DATA_END")
    pairs = json.loads(text, object_pairs_hook=list)
    headers = [dict(value) for key, value in pairs if key == "section_header"]
    assert [header["Offset"] for header in headers] == ["0x2e0", "0x338", "0xca10", "0xcf58", "0xcfb0", "0xd000", "0xd098"]
    assert ["payload" in header for header in headers] == [True, False, False, True, True, True, True]
    head = dict(dict(pairs)["header"])
    assert head["UniqueID"] == "748a036900000000"
    assert rb'"Version":"\u0002.\u0014.0"' in text


# Round trips and reproducibility ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [npu_file(), npu_file(buffers=8, columns=1, pdi=b"abc"), write_emulated(image())])
def test_writing_what_was_read_gives_the_same_bytes(data):
    assert write(read(data, "file")) == data


def test_emulated_file_is_marked_and_holds_its_image():
    data = write_emulated(image(), buffers=8)
    container = read(data, "file")
    assert container.mode == Mode.SW_EMU
    assert container.section(SectionKind.EMULATION_DATA).data == pack_image(image())
    contents = parse_contents(container)
    assert (contents.partition.columns, contents.partition.pdis) == (1, ())
    assert contents.kernels[0].buffers == 8
    assert emulation_image(container) == image()


def test_emulated_files_are_reproducible(monkeypatch):
    data = write_emulated(image())
    assert write_emulated(image()) == data
    other = read(write_emulated(image(libraries={"copy.so": b"\x7fELF2"})), "file")
    assert other.uuid != read(data, "file").uuid
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1761839732")
    assert read(write_emulated(image()), "file").timestamp == 1761839732


def test_source_date_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(UserError, match="SOURCE_DATE_EPOCH: not a number of seconds: `yesterday`"):
        write_emulated(image())


def test_each_target_refuses_the_other_ones_file(tmp_path):
    npu, emulated = tmp_path / "npu.xclbin", tmp_path / "emulated.xclbin"
    npu.write_bytes(npu_file())
    emulated.write_bytes(write_emulated(image()))
    with pytest.raises(UserError, match="built for an NPU"):
        read_emulation_image(npu)
    with pytest.raises(UserError, match="emulated one"):
        require_npu(read_container(emulated))
    require_npu(read_container(npu))
    assert read_emulation_image(emulated).design == "module {}\n"


def test_uuid_text():
    assert format_uuid(parse_uuid(UUID.upper())) == UUID
    assert parse_uuid(UUID.replace("-", "")) == parse_uuid(UUID)
    with pytest.raises(ValueError, match="not a uuid"):
        parse_uuid("797d154f")


# Bad files ------------------------------------------------------------------------------------------------------------


def patched(data, offset, layout, *values):
    copy = bytearray(data)
    struct.pack_into(layout, copy, offset, *values)
    return bytes(copy)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "bad.xclbin: byte 0x0: the file is empty"),
        (b"\x7fELF" + bytes(600), "bad.xclbin: byte 0x0: not an XCLBIN"),
        (npu_file()[:300], "bad.xclbin: byte 0x12c: an XCLBIN has at least 496 bytes"),
        (npu_file()[:-1], "bad.xclbin: byte 0x130: the header says 56938 bytes, the file has 56937"),
        (npu_file() + b"x", "bad.xclbin: byte 0x130: the header says 56938 bytes, the file has 56939"),
        (patched(npu_file(), 448, "<I", 0), "bad.xclbin: byte 0x1c0: 0 sections"),
        (patched(npu_file(), 448, "<I", 10_001), "bad.xclbin: byte 0x1c0: 10001 sections"),
        (patched(npu_file(), 456 + 32, "<Q", 1 << 40), r"bad.xclbin: byte 0x1c8: section 0 \(MEM_TOPOLOGY\) lies outside"),
        (patched(npu_file(), 496 + 24, "<Q", 8), r"bad.xclbin: byte 0x1f0: section 1 \(AIE_PARTITION\) lies outside"),
        (patched(npu_file(), 416, "16s", bytes(16)), "bad.xclbin: byte 0x1a0: the uuid 00000000-0000"),
        (patched(npu_file(), 8, "<i", 1 << 20), "bad.xclbin: byte 0x8: a signature of 1048576 bytes"),
        (patched(npu_file(), 53400, "<i", 3), "byte 0xd098: section ASK_GROUP_TOPOLOGY has 88 bytes, .* its count of 3"),
        (patched(npu_file(), 53080, "<i", 2), "byte 0xcf58: section IP_LAYOUT has 88 bytes"),
        (patched(npu_file(), 824 + 4, "<I", 1 << 31), "section AIE_PARTITION ends at 50904 bytes"),
        (patched(npu_file(), 824 + 120, "<I", 1 << 31), "section AIE_PARTITION ends at 50904 bytes"),
        (patched(npu_file(), 51728 + 40, "8s", b"<<<<<<<<"), r"byte 0xca\w+: the kernel metadata is not XML"),
    ],
)
def test_bad_files_are_located(data, message):
    with pytest.raises(UserError, match=message):
        describe(read(data, "bad.xclbin"))


def test_metadata_with_entities_or_without_attributes_are_refused():
    data = npu_file()
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    with pytest.raises(UserError, match="document type declaration"):
        describe(read(data.replace(b"<project>\n  <platform>\n    <device>", doctype.ljust(35), 1), "bad"))
    with pytest.raises(UserError, match="element `arg` has no attribute `name`"):
        describe(read(data.replace(b'<arg name="bo4"', b'<arg nome="bo4"', 1), "bad"))
    with pytest.raises(UserError, match="attribute `size` is not a number of 32 bits: `zzz`"):
        describe(read(data.replace(b'id="7" size="0x8"', b'id="7" size="zzz"', 1), "bad"))
    with pytest.raises(UserError, match="argument 6 of the kernel is described twice"):
        describe(read(data.replace(b'id="7" size', b'id="6" size', 1), "bad"))


def test_damaged_emulation_image_is_noticed():
    data = write_emulated(image())
    position = data.index(b"\x7fELF")
    with pytest.raises(UserError, match="the uuid is not the digest of the contents"):
        emulation_image(read(patched(data, position, "4s", b"ELF?"), "file"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"format": 1', b'"format": 7', "has format 7, this npubuild reads 1"),
        (b'"device": ', b'"devise": ', "lacks or mistypes a field: 'device'"),
        (b"kernels/copy.so", b"kernels/kopy.so", "no kernel library `copy.so`"),
        (b"design.mlir", b"design.milr", "has no design.mlir"),
    ],
)
def test_incomplete_images_are_refused(old, new, message):
    archive = pack_image(image()).replace(old, new)
    archive = _with_right_checksums(archive)
    with pytest.raises(UserError, match=message):
        parse_image(Fields(archive, "file"))


def _with_right_checksums(archive):
    """The same archive with checksums that match, so that what is tested is not the archive's own check."""
    import io
    import zipfile
    import zlib

    copy = bytearray(archive)
    for entry in zipfile.ZipFile(io.BytesIO(archive)).infolist():
        start = entry.header_offset + 30 + len(entry.filename)
        checksum = zlib.crc32(archive[start : start + entry.file_size])
        struct.pack_into("<I", copy, entry.header_offset + 14, checksum)
        directory = copy.rindex(entry.filename.encode()) - 46
        struct.pack_into("<I", copy, directory + 16, checksum)
    return bytes(copy)


def outcome(parse):
    """The result, or the text of the UserError; anything else propagates."""
    try:
        return parse()
    except UserError as error:
        return str(error)


def edited(file, edits):
    data = bytearray(file)
    for position, junk in edits:
        start = position % len(data)
        data[start : start + len(junk)] = junk
    return data


FILES = [npu_file(pdi=bytes(64)), write_emulated(image())]
EDITS = st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=6)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), EDITS, st.none() | st.integers(0, 4000))
def test_no_file_crashes_the_reader(file, edits, cut):
    data = edited(file, edits)
    if cut is not None:
        del data[cut:]
        if len(data) >= 312:
            struct.pack_into("<Q", data, 304, len(data))
    text = outcome(lambda: describe(read(bytes(data), "fuzzed.xclbin")))
    assert text.startswith(("File:         fuzzed.xclbin", "error: fuzzed.xclbin: "))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=4)), max_size=4), st.integers(0, 2000))
def test_no_image_crashes_the_reader(edits, cut):
    data = edited(pack_image(image()), edits)[: cut or None]
    result = outcome(lambda: parse_image(Fields(bytes(data), "fuzzed")).manifest.format)
    assert result == 1 or result.startswith("error: fuzzed: byte 0x0: ")


# Inspection -----------------------------------------------------------------------------------------------------------


def test_inspect_an_npu_file(tmp_path):
    path = tmp_path / "real.xclbin"
    path.write_bytes(npu_file())
    text = inspect(path)
    assert "Target:       NPU\n" in text
    assert f"UUID:         {UUID}\n" in text
    assert "Created:      2025-10-30 15:55:32 UTC by version 2.20.0\n" in text
    assert "  AIE_PARTITION           main_aie_partit  0x338   0xc6d8\n" in text
    assert "Kernel MLIR_AIE (id 0x901; instances: MLIRAIE; 5 data buffers)\n" in text
    assert "  1    instr   char *    global  0x8     8     SRAM\n" in text
    assert f"  PDI {PDI_UUID}, 50480 bytes\n" in text
    assert "warning" not in text
    assert max(map(len, text.splitlines()[1:])) <= 100


def test_inspect_an_emulated_file():
    text = describe(read(write_emulated(image()), "emulated.xclbin"))
    assert "Target:       emulator (no PDI: an NPU cannot load it)\n" in text
    assert "Mode:         SW_EMU\n" in text
    assert "  design passthrough for npu1_1col, 1 lines of MLIR\n" in text
    assert "    0: memref<480xi8>\n" in text
    assert f"    instructions sha256 {'ab' * 32}\n" in text
    assert "  kernels/copy.so (linux-x86_64, 4 bytes)\n" in text


def test_inspect_names_what_does_not_fit_together():
    data = npu_file().replace(b'dpu_kernel_id="0x901"', b'dpu_kernel_id="0x902"', 1)
    data = patched(data, 824 + 0xC608, "<Q", 0x903)
    text = describe(read(data, "odd.xclbin"))
    assert "warning: compute unit MLIR_AIE:MLIRAIE has kernel id 0x901, the metadata say 0x902\n" in text
    assert "warning: no PDI of the partition serves kernel id 0x901 of compute unit MLIR_AIE:MLIRAIE\n" in text


def test_names_in_a_file_cannot_drive_the_terminal():
    text = describe(read(npu_file().replace(b"main_mem_topolo\0", b"main\x1b[2J_topolo\0", 1), "file"))
    assert "\x1b" not in text
    assert "main\\x1b[2J_topolo" in text


def test_reading_a_file_loads_no_heavy_module():
    code = "import sys, npubuild.xclbin.inspect; print([m for m in ('numpy', 'xdsl', 'doit') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
