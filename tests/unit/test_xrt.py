"""pyxrt's API on the emulator: host scripts as people write them, and the mistakes they make."""

import copy
import gc
import importlib
import sysconfig

import numpy as np
import pytest

import npubuild.emulator.xrt as pyxrt
from npubuild.emulator.xrt import devices as xrt_devices
from npubuild.emulator.xrt.storage import POISON
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.toolchain.host import compile_library
from npubuild.xclbin.build import write_emulated, write_npu_like
from npubuild.xclbin.image import SequenceRecord, make_image, sha256
from tests.oracle_files import ORACLE

TO_DEVICE = pyxrt.xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE
FROM_DEVICE = pyxrt.xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE
COMPLETED = pyxrt.ert_cmd_state.ERT_CMD_STATE_COMPLETED
N = 480  # bytes each way of the design most tests use: every byte plus 3


class Host:
    """The usual start of a host script: file registered, context and kernel made, instructions on the device."""

    def __init__(self, folder, name="linear_i8_single_core", buffers=5, libraries=None):
        self.path = folder / f"{name}.xclbin"
        text = (ORACLE / "designs" / f"{name}.mlir").read_text()
        design = parse_design(text, f"{name}.mlir")
        device = design.device()
        self.instructions = encode(lower(design))
        sequence = design.sequence(device)
        record = SequenceRecord(sequence.symbol, tuple(str(a.type) for a in sequence.block.args), sha256(self.instructions))
        self.image = image = make_image(
            text,
            name=name,
            device=device.device_name,
            sequences=(record,),
            libraries=libraries,
            host=sysconfig.get_platform(),
        )
        self.path.write_bytes(write_emulated(image, buffers=buffers))
        self.device = pyxrt.device(0)
        self.context = pyxrt.hw_context(self.device, self.device.register_xclbin(pyxrt.xclbin(str(self.path))))
        self.kernel = pyxrt.kernel(self.context, "MLIR_AIE")
        self.count = len(self.instructions) // 4
        self.instr = pyxrt.bo(self.device, len(self.instructions), pyxrt.bo.cacheable, self.kernel.group_id(1))
        self.instr.write(self.instructions, 0)
        self.instr.sync(TO_DEVICE)

    def buffer(self, size, index):
        return pyxrt.bo(self.device, size, pyxrt.bo.host_only, self.kernel.group_id(index))

    def filled(self, data, index=3):
        buffer = self.buffer(len(data), index)
        buffer.write(data, 0)
        buffer.sync(TO_DEVICE)
        return buffer


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.fixture
def lenient():
    pyxrt.set_lenient(True)
    yield
    pyxrt.set_lenient(None)


DATA = np.random.default_rng(7).integers(0, 256, N, dtype=np.uint8)


# A correct script -----------------------------------------------------------------------------------------------------


def test_a_script_written_for_the_npu_runs_unchanged(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = host.kernel(3, host.instr, host.count, a, b)
    state = run.wait()
    assert state == COMPLETED
    b.sync(FROM_DEVICE)
    assert np.array_equal(np.frombuffer(b.map(), np.uint8), DATA + 3)
    assert np.array_equal(b.read(N, 0).view(np.uint8), DATA + 3)


@pytest.mark.parametrize("count", [lambda h: h.count, lambda h: 4 * h.count, lambda h: 0])
def test_every_way_to_pass_the_count_works(host, count):
    a, b = host.filled(DATA), host.buffer(N, 4)
    assert host.kernel(3, host.instr, count(host), a, b).wait(1000) == COMPLETED


def test_a_run_is_started_again_with_its_arguments(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = pyxrt.run(host.kernel)
    assert run.state() == pyxrt.ert_cmd_state.ERT_CMD_STATE_NEW
    for index, value in enumerate((3, host.instr, host.count, a, b)):
        run.set_arg(index, value)
    for step in range(3):
        a.write(DATA + np.uint8(step), 0)
        a.sync(TO_DEVICE)
        run.start()
        assert run.wait() == COMPLETED
        b.sync(FROM_DEVICE)
        assert np.array_equal(np.frombuffer(b.map(), np.uint8), DATA + np.uint8(step + 3))


def test_runlist_runs_all_in_order(host):
    a, b, c = host.filled(DATA), host.buffer(N, 4), host.buffer(N, 4)
    runs = [pyxrt.run(host.kernel), pyxrt.run(host.kernel)]
    runlist = pyxrt.runlist(host.context)
    for run, (source, target) in zip(runs, ((a, b), (b, c)), strict=True):
        for index, value in enumerate((3, host.instr, host.count, source, target)):
            run.set_arg(index, value)
        runlist.add(run)
    with pytest.raises(RuntimeError, match="Run object belongs to a runlist and cannot be explicitly started"):
        runs[0].start()
    with pytest.raises(RuntimeError, match="Run object already associated with a runlist"):
        pyxrt.runlist(host.context).add(runs[0])
    b.sync(TO_DEVICE)
    runlist.execute()
    with pytest.raises(RuntimeError, match="runlist must be idle before adding"):
        runlist.add(pyxrt.run(host.kernel))
    assert runlist.wait() is None
    c.sync(FROM_DEVICE)
    assert np.array_equal(np.frombuffer(c.map(), np.uint8), DATA + 6)
    with pytest.raises(RuntimeError, match="cannot add run object to uninitialized runlist: Invalid argument"):
        pyxrt.runlist().add(pyxrt.run(host.kernel))


def test_state_of_the_array_lasts_within_a_context_and_not_beyond(tmp_path):
    def run_once(host):
        arguments = [host.filled(np.zeros(224, np.uint8), 3 + number) for number in range(2)]
        return host.kernel(3, host.instr, host.count, *arguments).wait().name

    host = Host(tmp_path, "bad_finite_loop_second_run")  # its core ends after what one run needs
    assert run_once(host) == "ERT_CMD_STATE_COMPLETED"
    assert run_once(host) == "ERT_CMD_STATE_TIMEOUT"
    assert run_once(host) == "ERT_CMD_STATE_COMPLETED"  # the time-out made the driver load the design again
    assert run_once(Host(tmp_path, "bad_finite_loop_second_run")) == "ERT_CMD_STATE_COMPLETED"


# Host mistakes --------------------------------------------------------------------------------------------------------


def test_kernel_called_without_the_opcode(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    with pytest.raises(RuntimeError) as caught:
        host.kernel(a, b)
    real, explanation = str(caught.value).split("\n", 1)
    scalar = host.kernel.group_id(0)
    assert real == (
        "Kernel MLIR_AIE has no compute units with connectivity required for global argument at index 0. "
        f"The argument is allocated in bank 0, the compute unit is connected to bank {scalar}. "
        "Allocating local copy of argument buffer in connected bank."
    )
    assert explanation == (
        "the kernel was called without the opcode: argument 0 is a number, 3 for an instruction stream; the kernel's "
        "arguments are (opcode, instr, ninstr, bo0 .. bo4): call kernel(3, instructions_bo, number_of_words, bo0, bo1, ...)"
    )


ATTENTION = "attention_like_task_4col_serial"  # eight arguments: four inputs of 12288 bytes, then four outputs of 4096


@pytest.fixture(scope="module")
def attend(tmp_path_factory):
    """The host library with the kernel function of that design, and its reference."""
    module = importlib.import_module(f"tests.oracle.behaviour.{ATTENTION}")
    folder = tmp_path_factory.mktemp("attend")
    (folder / "attend.cc").write_text(module.KERNEL_C.replace("void attend", 'extern "C" void attend'))
    return compile_library([folder / "attend.cc"], folder / "attend.so").read_bytes(), module.attend


def four_columns(host):
    """The buffers of the design in the order of its arguments, inputs filled."""
    rng = np.random.default_rng(4)
    data = [rng.integers(-128, 128, 12288, dtype=np.int8) for _ in range(4)]
    return data, [host.filled(part) for part in data], [host.buffer(4096, 4) for _ in range(4)]


def test_a_script_in_the_wrong_style_fails_and_the_corrected_one_passes(tmp_path, attend):
    library, reference = attend
    host = Host(tmp_path, ATTENTION, buffers=8, libraries={"attend.so": library})
    data, inputs, outputs = four_columns(host)
    with pytest.raises(RuntimeError, match="the kernel was called without the opcode"):
        host.kernel(inputs[0], outputs[0])
    with pytest.raises(RuntimeError, match=r"the instructions use 8 buffers, 2 were passed: bo2, bo3, bo4, .*not set"):
        host.kernel(3, host.instr, host.count, inputs[0], outputs[0])
    with pytest.raises(RuntimeError) as caught:
        host.kernel(3, host.instr, host.count, inputs[0], outputs[0], *inputs[1:], *outputs[1:])
    assert str(caught.value).splitlines()[0] == (
        "argument 4 (`bo1`) has 4096 bytes, but the instructions read its bytes 0 to 12288: the DMA would go past the end "
        "of the buffer"
    )
    assert "  bo1: memref<12288xi8>, read\n" in str(caught.value)
    assert "  bo4: memref<4096xi8>, written\n" in str(caught.value)

    run = host.kernel(3, host.instr, host.count, *inputs, *outputs)
    assert run.wait() == COMPLETED
    for part, output in zip(data, outputs, strict=True):
        output.sync(FROM_DEVICE)
        assert np.array_equal(np.frombuffer(output.map(), np.int8), reference(part))


def test_eight_arguments_on_a_kernel_that_declares_five(tmp_path, attend):
    host = Host(tmp_path, ATTENTION, libraries={"attend.so": attend[0]})
    _, inputs, outputs = four_columns(host)
    with pytest.raises(RuntimeError, match=r"8 buffers were passed, but kernel MLIR_AIE declares 5: .*`pack-arguments`"):
        host.kernel(3, host.instr, host.count, *inputs, *outputs)
    with pytest.raises(RuntimeError, match="the instructions use 8 buffers, but kernel MLIR_AIE declares 5: aiecc"):
        host.kernel(3, host.instr, host.count, *inputs, outputs[0])


def test_a_buffer_smaller_than_the_transfer(host):
    a, b = host.filled(DATA), host.buffer(N - 4, 4)
    with pytest.raises(RuntimeError) as caught:
        host.kernel(3, host.instr, host.count, a, b)
    assert str(caught.value) == (
        "argument 4 (`bo1`) has 476 bytes, but the instructions write its bytes 0 to 480: the DMA would go past the end of "
        "the buffer\n"
        "the arguments of sequence @sequence are:\n"
        "  bo0: memref<480xi8>, read\n"
        "  bo1: memref<480xi8>, written"
    )


def test_a_part_of_a_larger_buffer_counts_with_its_own_size(host):
    whole = host.filled(np.concatenate([DATA, DATA + np.uint8(1)]))
    b = host.buffer(N, 4)
    assert host.kernel(3, host.instr, host.count, pyxrt.bo(whole, N, N), b).wait() == COMPLETED
    b.sync(FROM_DEVICE)
    assert np.array_equal(np.frombuffer(b.map(), np.uint8), DATA + 4)
    with pytest.raises(RuntimeError, match="has 400 bytes, but the instructions read its bytes 0 to 480"):
        host.kernel(3, host.instr, host.count, pyxrt.bo(whole, 400, 0), b)


def test_fewer_buffers_than_the_instructions_use(host):
    with pytest.raises(RuntimeError, match="the instructions use 2 buffers, 1 were passed: bo1 not set"):
        host.kernel(3, host.instr, host.count, host.filled(DATA))


def test_another_kernels_instructions(tmp_path):
    host, other = Host(tmp_path), Host(tmp_path, "mixed_memcpy_and_task")
    a, b = host.filled(DATA), host.buffer(N, 4)
    foreign = pyxrt.bo(host.device, len(other.instructions), pyxrt.bo.cacheable, host.kernel.group_id(1))
    foreign.write(other.instructions, 0)
    foreign.sync(TO_DEVICE)
    with pytest.raises(RuntimeError) as caught:
        host.kernel(3, foreign, other.count, a, b)
    assert "these instructions do not belong to this XCLBIN" in str(caught.value)
    assert sha256(other.instructions)[:12] in str(caught.value)
    assert sha256(host.instructions)[:12] in str(caught.value)


def test_instructions_that_were_not_synced_or_are_none(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    fresh = pyxrt.bo(host.device, len(host.instructions), pyxrt.bo.cacheable, host.kernel.group_id(1))
    fresh.write(host.instructions, 0)
    with pytest.raises(RuntimeError, match="the instructions were not synced"):
        host.kernel(3, fresh, host.count, a, b)
    fresh.write(host.instructions.hex().encode()[: len(host.instructions)], 0)  # a text file read as binary
    fresh.sync(TO_DEVICE)
    with pytest.raises(RuntimeError, match=r"holds no instruction stream: .*format 48.48 is not known"):
        host.kernel(3, fresh, host.count, a, b)


def test_input_that_was_not_synced(host):
    a, b = host.buffer(N, 3), host.buffer(N, 4)
    a.write(DATA, 0)
    with pytest.raises(RuntimeError, match=r"argument 3 \(`bo0`\) is an input, but its contents were not synced"):
        host.kernel(3, host.instr, host.count, a, b)
    a.sync(TO_DEVICE)
    run = host.kernel(3, host.instr, host.count, a, b)
    assert run.wait() == COMPLETED
    a.write(DATA[::-1].copy(), 0)
    with pytest.raises(RuntimeError, match="were not synced"):
        host.kernel(3, host.instr, host.count, a, b)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda h, a, b: (2, h.instr, h.count, a, b), r"the opcode is 2, but an instruction stream \(TXN\) is opcode 3"),
        (lambda h, a, b: (3, h.instr, 17, a, b), "the instruction count is 17, but the stream in the buffer has"),
        (lambda h, a, b: (3, h.instr, a, b), r"argument 2 \(`ninstr`, uint32_t\) is a number, but got a buffer object"),
        (lambda h, a, b: (3, h.count, h.instr, a, b), r"argument 1 \(`instr`, char \*\) is a buffer object, but got"),
        (lambda h, a, b: (3.0, h.instr, h.count, a, b), r"argument 0 .* 32-bit number, but got 3.0 \(float\)"),
        (lambda h, a, b: (3, h.instr, None, a, b), r"argument 2 .* but got None \(NoneType\)"),
        (lambda h, a, b: (3, h.instr, h.count, DATA, b), r"argument 3 \(`bo0`, void\*\) is a buffer object, but got array"),
        (lambda h, a, b: (3, h.instr, h.count, a, 0), r"argument 4 \(`bo1`, void\*\) is a buffer object, but got 0 \(int\)"),
        (lambda h, a, b: (3,), "never set: instr, ninstr"),
        (lambda h, a, b: (3, a, h.count, a, b), r"create it with kernel.group_id\(1\) for argument 1 \(`instr`\)"),
        (lambda h, a, b: (3, h.instr, h.count, h.instr, b), r"create it with kernel.group_id\(3\) for argument 3 \(`bo0`\)"),
    ],
)
def test_wrong_arguments_are_named(host, arguments, message):
    a, b = host.filled(DATA), host.buffer(N, 4)
    with pytest.raises(RuntimeError, match=message):
        host.kernel(*arguments(host, a, b))


def test_buffer_with_the_group_of_a_scalar(host):
    a, wrong = host.filled(DATA), host.buffer(N, 0)
    with pytest.raises(IndexError, match=r"__n \(which is 65535\) >= this->size\(\) \(which is 2\)\n.*group_id\(4\)"):
        host.kernel(3, host.instr, host.count, a, wrong)


def test_output_of_a_run_that_nobody_waited_for(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = host.kernel(3, host.instr, host.count, a, b)
    with pytest.raises(RuntimeError, match=r"nobody waited for: call run.wait\(\)"):
        b.sync(FROM_DEVICE)
    run.wait()
    with pytest.raises(RuntimeError, match="nothing was copied back: call sync"):
        b.read(N, 0)
    b.sync(FROM_DEVICE)
    assert np.array_equal(b.read(N, 0).view(np.uint8), DATA + 3)


def test_output_of_a_run_that_was_dropped(host, capsys):
    a, b = host.filled(DATA), host.buffer(N, 4)
    host.kernel(3, host.instr, host.count, a, b)
    gc.collect()
    assert "xrt::run destructed while command is still in progress" in capsys.readouterr().err
    with pytest.raises(RuntimeError, match=r"xrt::run destructed while command is still in progress\n.*keep `run = kernel"):
        b.sync(FROM_DEVICE)


def test_output_of_a_run_that_timed_out(tmp_path, capsys):
    host = Host(tmp_path, "bad_missing_objects_in")
    a, b = host.filled(np.zeros(90, np.uint8)), host.buffer(120, 4)
    run = host.kernel(3, host.instr, host.count, a, b)
    assert run.wait(1000) == pyxrt.ert_cmd_state.ERT_CMD_STATE_TIMEOUT
    log = capsys.readouterr().err
    assert log.startswith("[XRT] ERROR: kernel MLIR_AIE ended as ERT_CMD_STATE_TIMEOUT: ")
    with pytest.raises(RuntimeError) as caught:
        b.sync(FROM_DEVICE)
    text = str(caught.value)
    assert text.startswith("Command failed to complete successfully (ERT_CMD_STATE_TIMEOUT)\nthe output of this run is not")
    assert "timeout: the sequence never ends" in text
    assert run.outcome.explanation() in text
    with pytest.raises(RuntimeError, match=r"Command failed to complete successfully \(ERT_CMD_STATE_TIMEOUT\)"):
        run.wait2()
    with pytest.raises(RuntimeError, match=r"this run timed out, .* make a new run"):
        run.start()


def test_output_of_a_run_that_left_its_buffers(tmp_path, capsys):
    host = Host(tmp_path, "bad_no_wait_on_output")  # ends before its output has arrived
    sequence = host.image.manifest.sequences[0]
    assert len(sequence.arguments) == 2
    buffers = [host.filled(np.zeros(4096, np.uint8)) for _ in sequence.arguments]
    run = host.kernel(3, host.instr, host.count, *buffers)
    assert run.wait() == COMPLETED
    assert run.outcome.races == (1,)
    assert "[XRT] WARNING: kernel MLIR_AIE completed, but: " in capsys.readouterr().err


def test_runs_out_of_order(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = pyxrt.run(host.kernel)
    with pytest.raises(RuntimeError, match="this run was never started"):
        run.wait()
    run = host.kernel(3, host.instr, host.count, a, b)
    with pytest.raises(RuntimeError, match="bad command state, can't launch"):
        run.start()
    run.wait()
    run.start()
    assert run.state() == COMPLETED


def test_a_run_holds_no_reference_to_its_buffers(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = pyxrt.run(host.kernel)
    for index, value in enumerate((3, host.instr, host.count, a, b)):
        run.set_arg(index, value)
    del a, value
    gc.collect()
    with pytest.raises(
        RuntimeError, match=r"the buffer object of argument 3 \(`bo0`\) was collected before the run started"
    ):
        run.start()


def test_a_real_npus_file_is_refused(tmp_path):
    path = tmp_path / "npu.xclbin"
    path.write_bytes(write_npu_like(b"pdi", columns=4, uuid=bytes(range(16)), timestamp=0, pdi_uuid=bytes(16)))
    device = pyxrt.device(0)
    name = device.register_xclbin(pyxrt.xclbin(str(path)))
    with pytest.raises(RuntimeError, match=r"No valid DPU kernel found in xclbin .*\n.*built for an NPU"):
        pyxrt.hw_context(device, name)


# Lenient: what the real binding swallows ------------------------------------------------------------------------------


def test_lenient_mode_swallows_what_the_binding_swallows(host, lenient, capsys):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = host.kernel(a, b)
    assert run.wait() == pyxrt.ert_cmd_state.ERT_CMD_STATE_ERROR
    assert "[XRT] WARNING: Kernel MLIR_AIE has no compute units with connectivity" in capsys.readouterr().err
    b.sync(FROM_DEVICE)
    assert set(np.frombuffer(b.map(), np.uint8)) == {POISON}


def test_lenient_arguments_that_convert_to_nothing_stay_as_an_earlier_command_left_them(host, lenient):
    a, b, c = host.filled(DATA), host.buffer(N, 4), host.buffer(N, 4)
    host.kernel(3, host.instr, host.count, a, b).wait()
    other = host.filled(DATA + np.uint8(100))
    assert host.kernel(3.0, host.instr, None, other, c).wait() == COMPLETED  # opcode and count are stale, and right
    c.sync(FROM_DEVICE)
    assert np.array_equal(np.frombuffer(c.map(), np.uint8), DATA + np.uint8(103))
    assert host.kernel(np.float32(3.9), host.instr, True, a).wait() == COMPLETED  # bo1 is stale: c is written again
    c.sync(FROM_DEVICE)
    assert np.array_equal(np.frombuffer(c.map(), np.uint8), DATA + 3)


def test_lenient_input_without_sync_is_poison(host, lenient):
    a, b = host.buffer(N, 3), host.buffer(N, 4)
    a.write(DATA, 0)
    host.kernel(3, host.instr, host.count, a, b)
    b.sync(FROM_DEVICE)
    assert set(np.frombuffer(b.map(), np.uint8)) == {POISON + 3}


def test_lenient_write_ignores_strides(host, lenient):
    matrix = np.arange(24, dtype=np.int32).reshape(4, 6)
    buffer = host.buffer(96, 3)
    buffer.write(matrix.T, 0)
    assert np.array_equal(np.frombuffer(buffer.map(), np.int32), np.arange(24))
    buffer.write(matrix.reshape(-1)[::2], 0)
    assert np.array_equal(np.frombuffer(buffer.map(), np.int32)[:12], np.arange(12))
    pyxrt.set_lenient(False)
    with pytest.raises(RuntimeError, match="the data are not contiguous"):
        buffer.write(matrix.T, 0)


def test_lenient_mode_from_the_environment(monkeypatch):
    assert not pyxrt.is_lenient()
    monkeypatch.setenv("NPUBUILD_XRT", "lenient")
    assert pyxrt.is_lenient()


# Buffers --------------------------------------------------------------------------------------------------------------


def test_copies_are_equal_only_after_sync(host):
    buffer = host.buffer(64, 3)
    assert set(np.frombuffer(buffer.map(), np.uint8)) == {0}
    buffer.sync(FROM_DEVICE)
    assert set(np.frombuffer(buffer.map(), np.uint8)) == {POISON}
    buffer.write(bytes(range(64)), 0)
    buffer.sync(TO_DEVICE, 8, 16)
    buffer.write(bytes(64), 0)
    buffer.sync(FROM_DEVICE)
    assert bytes(buffer.map()) == bytes([POISON] * 16) + bytes(range(16, 24)) + bytes([POISON] * 40)


def test_map_is_a_writable_view_of_bytes(host):
    buffer = host.buffer(10, 3)
    view = buffer.map()
    assert (type(view), view.format, len(view), view.readonly) == (memoryview, "B", 10, False)
    np.frombuffer(view, np.uint16)[2] = 0x0201
    assert bytes(buffer.read(6, 0)) == b"\0\0\0\0\1\2"
    assert buffer.read(2, 4).dtype == np.int8


def test_map_does_not_keep_the_buffer_alive(host):
    view = np.frombuffer(host.filled(DATA).map(), np.uint8)
    gc.collect()
    assert set(view) == {POISON}


def test_buffer_ranges(host):
    buffer = host.buffer(64, 3)
    part = pyxrt.bo(buffer, 16, 32)
    assert part.address() == buffer.address() + 32
    assert (buffer.size(), part.size()) == (64, 16)
    part.write(b"abcd", 12)
    assert bytes(buffer.map()[44:48]) == b"abcd"
    for call, message in [
        (lambda: buffer.write(bytes(60), 5), "attempting to write past buffer size: Invalid argument"),
        (lambda: buffer.read(60, 5), "attempting to read past buffer size: Invalid argument"),
        (
            lambda: buffer.sync(TO_DEVICE, 60, 5),
            r"Invalid BO offset and size for sync'ing: 5, 60 \(err=22\): Invalid argument",
        ),
        (lambda: part.sync(TO_DEVICE, 16, 1), "Invalid offset and size when syncing sub buffer: Invalid argument"),
        (lambda: pyxrt.bo(buffer, 33, 32), "sub buffer size and offset: Invalid argument"),
    ]:
        with pytest.raises(RuntimeError, match=message):
            call()


@pytest.mark.parametrize(
    ("flag", "message"),
    [
        ("normal", "unsupported buffer type: none flag .err=95.: Operation not supported"),
        ("device_only", "Bad BO flags .err=95.: Operation not supported"),
        ("p2p", "Bad BO flags .err=95.: Operation not supported"),
        ("svm", "Bad BO flags .err=95.: Operation not supported"),
    ],
)
def test_flags_that_an_npu_does_not_take(flag, message):
    with pytest.raises(RuntimeError, match=message):
        pyxrt.bo(pyxrt.device(0), 64, getattr(pyxrt.bo, flag), 65536)


def test_instruction_buffers_come_from_the_heap():
    device = pyxrt.device(0)
    first, second = (pyxrt.bo(device, 100, pyxrt.bo.cacheable, 65537) for _ in range(2))
    assert 0x4000000 <= first.address() < 0x8000000
    assert abs(second.address() - first.address()) % 4096 == 0
    with pytest.raises(RuntimeError, match="the device heap of 64 MiB"):
        pyxrt.bo(device, 64 << 20, pyxrt.bo.cacheable, 65537)


def test_argument_rules_are_those_of_the_binding(host):
    with pytest.raises(TypeError) as caught:
        pyxrt.bo(host.device, 64, 0, 65536)
    assert str(caught.value).startswith(
        "__init__(): incompatible constructor arguments. The following argument types are supported:\n"
        "    1. pyxrt.bo(arg0: pyxrt.device, arg1: int, arg2: pyxrt.bo.flags, arg3: int)\n"
        "    2. pyxrt.bo(arg0: pyxrt.bo, arg1: int, arg2: int)\n\n"
        "Invoked with: "
    )
    assert "a number is no pyxrt.bo.flags: name the member, or convert it with pyxrt.bo.flags(0)" in str(caught.value)
    buffer = host.buffer(64, 3)
    with pytest.raises(TypeError, match=r"sync\(\): incompatible function arguments"):
        buffer.sync(0)
    for call in [
        lambda: pyxrt.bo(host.device, 64.0, pyxrt.bo.host_only, 65536),
        lambda: pyxrt.bo(host.device, -1, pyxrt.bo.host_only, 65536),
        lambda: pyxrt.bo(host.device, 64, pyxrt.bo.host_only, -1),
        lambda: pyxrt.bo(host.device, size=64, flags=pyxrt.bo.host_only, group=65536),
        lambda: buffer.write([1, 2, 3], 0),
        lambda: buffer.write(b"abc"),
        lambda: host.kernel.group_id(-1),
        lambda: host.kernel.group_id("1"),
        lambda: host.kernel(opcode=3),
        lambda: pyxrt.run(host.kernel).wait(1.5),
        lambda: pyxrt.run(host.kernel).wait(-1),
        lambda: pyxrt.run(host.kernel).set_arg(0, 3.0),
        lambda: pyxrt.run(host.kernel).set_arg(0, 1 << 31),
        lambda: pyxrt.run(host.kernel).add_callback(COMPLETED, print, None),
        lambda: pyxrt.device(index=0),
        lambda: pyxrt.xclbin(str(host.path)).get_axlf(),
    ]:
        with pytest.raises(TypeError):
            call()
    with pytest.raises(IndexError, match=r"vector::_M_range_check: __n \(which is 8\) >= this->size\(\) \(which is 8\)"):
        pyxrt.run(host.kernel).set_arg(8, 1)


def test_wait2_fails_even_on_success(host):
    a, b = host.filled(DATA), host.buffer(N, 4)
    run = host.kernel(3, host.instr, host.count, a, b)
    with pytest.raises(TypeError, match="Unable to convert function return value to a Python type!"):
        run.wait2()


# Devices, files, contexts ---------------------------------------------------------------------------------------------


def test_device():
    device = pyxrt.device("0000:c5:00.1")
    assert pyxrt.enumerate_devices() == 1
    assert device.get_info(pyxrt.xrt_info_device.bdf) == "0000:c5:00.1"
    with pytest.raises(RuntimeError, match=r"No such query request \(1\)"):
        device.get_info(pyxrt.xrt_info_device.interface_uuid)
    with pytest.raises(RuntimeError, match=r"^ No such device with index '99'$"):
        pyxrt.device(99)
    with pytest.raises(RuntimeError, match=r"^No such device 'x': Invalid argument"):
        pyxrt.device("x")
    with pytest.raises(RuntimeError, match="this device object is empty"):
        pyxrt.device().get_xclbin_uuid()


def test_device_has_the_name_of_what_is_registered(tmp_path):
    Host(tmp_path, "linear_i32_npu2_column4")
    assert "NPU Strix" in pyxrt.device(0).get_info(pyxrt.xrt_info_device.name)
    Host(tmp_path)
    assert "NPU Phoenix" in pyxrt.device(0).get_info(pyxrt.xrt_info_device.name)


def test_xclbin_lists_kernels_and_memories(host):
    file = pyxrt.xclbin(str(host.path))
    assert [(kernel.get_name(), kernel.get_num_args()) for kernel in file.get_kernels()] == [("MLIR_AIE", 8)]
    memories = [(m.get_index(), m.get_tag(), m.get_base_address(), m.get_size_kb(), m.get_used()) for m in file.get_mems()]
    assert memories == [(0, "HOST", 0x4000000, 0x10000, True), (1, "SRAM", 0x4000000, 0xC000, True)]
    assert file.get_xsa_name() == ""
    assert file.get_uuid().to_string() == pyxrt.uuid(file.get_uuid().to_string().upper()).to_string()
    assert file.get_uuid() != file.get_uuid()


def test_files_that_cannot_be_opened(tmp_path):
    bad, cut = tmp_path / "bad.xclbin", tmp_path / "cut.xclbin"
    bad.write_bytes(b"junk" * 200)
    cut.write_bytes(write_npu_like(b"pdi", columns=1, uuid=bytes(range(16)), timestamp=0, pdi_uuid=bytes(16))[:-1])
    for path, message in [
        ("", "^No xclbin specified$"),
        ("/no/such.xclbin", "^No such file '/no/such.xclbin'$"),
        ("no/such.xclbin", "^No such file or directory 'no/such.xclbin'$"),
        (str(bad), "^Invalid xclbin\n.*bad.xclbin: byte 0x0"),
        (str(cut), "^xclbin: m_length does not match buffer size\n.*cut.xclbin: byte 0x130"),
    ]:
        with pytest.raises(RuntimeError, match=message):
            pyxrt.xclbin(path)


def test_contexts_number_the_groups(host):
    slot = host.kernel.group_id(3) >> 16
    assert [host.kernel.group_id(i) for i in (0, 1, 2, 3, 7)] == [slot << 16 | b for b in (0xFFFF, 1, 0xFFFF, 0, 0)]
    with pytest.raises(IndexError, match=r"vector::_M_range_check: __n \(which is 8\) >= this->size\(\) \(which is 8\)"):
        host.kernel.group_id(8)
    name = pyxrt.uuid(pyxrt.xclbin(str(host.path)).get_uuid().to_string())
    second = pyxrt.kernel(host.device, name, "MLIR_AIE:MLIRAIE", pyxrt.kernel.shared)
    assert second.group_id(3) == (slot + 1) << 16


def test_contexts_and_kernels_that_do_not_exist(host):
    with pytest.raises(RuntimeError, match="No xclbin with uuid '00112233-4455-6677-8899-aabbccddeeff': Invalid argument"):
        pyxrt.hw_context(host.device, pyxrt.uuid("00112233-4455-6677-8899-aabbccddeeff"))
    with pytest.raises(RuntimeError, match="No such kernel 'mel': Invalid argument\nkernels of this XCLBIN: MLIR_AIE"):
        pyxrt.kernel(host.context, "mel")
    with pytest.raises(RuntimeError, match="No compute units matching 'MLIR_AIE:other'"):
        pyxrt.kernel(host.context, "MLIR_AIE:other")
    with pytest.raises(RuntimeError, match="this hw_context is empty"):
        pyxrt.kernel(pyxrt.hw_context(), "MLIR_AIE")
    with pytest.raises(RuntimeError, match=r"load_axlf: Operation not supported\n.*register_xclbin"):
        host.device.load_xclbin(str(host.path))


def test_contexts_that_are_never_released_run_out(host):
    name = host.device.register_xclbin(pyxrt.xclbin(str(host.path)))
    gc.collect()
    with pytest.raises(
        RuntimeError, match=r"DRM_IOCTL_AMDXDNA_CREATE_HWCTX IOCTL failed .err=-2.: No such file or directory"
    ):
        _ = [pyxrt.hw_context(host.device, name) for _ in range(xrt_devices.MOST_CONTEXTS[xrt_devices.Architecture.AIE2])]
    assert pyxrt.hw_context(host.device, name)


def test_elf_flow_is_refused(tmp_path):
    path = tmp_path / "control.elf"
    path.write_bytes(b"\x7fELF")
    with pytest.raises(RuntimeError, match="elf: Operation not supported\nthe emulator runs XCLBIN files"):
        pyxrt.elf(str(path))
    with pytest.raises(RuntimeError, match=r"ext.bo: Operation not supported"):
        pyxrt.ext.bo(pyxrt.device(0), 64)


# Enumerations ---------------------------------------------------------------------------------------------------------


def test_enumerations_behave_like_pybind11s():
    state = pyxrt.ert_cmd_state.ERT_CMD_STATE_COMPLETED
    assert (str(state), repr(state)) == (
        "ert_cmd_state.ERT_CMD_STATE_COMPLETED",
        "<ert_cmd_state.ERT_CMD_STATE_COMPLETED: 4>",
    )
    assert (int(state), state.name, state.value, hash(state)) == (4, "ERT_CMD_STATE_COMPLETED", 4, hash(4))
    assert state == 4
    assert pyxrt.xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE == 1
    assert state != pyxrt.ert_cmd_state.ERT_CMD_STATE_ERROR
    assert str(pyxrt.ert_cmd_state(3)) == "ert_cmd_state.???"
    assert pyxrt.bo.host_only != 1 << 29
    assert pyxrt.bo.flags(1 << 29) == pyxrt.bo.host_only == pyxrt.bo.flags.host_only
    assert str(pyxrt.bo.flags(0)) == "flags.normal"
    assert list(pyxrt.kernel.cu_access_mode.__members__) == ["exclusive", "shared", "none"]
    assert pyxrt.warning == pyxrt.xrt_msg_level.warning
    assert pyxrt.ext.access_mode.read | pyxrt.ext.access_mode.write == pyxrt.ext.access_mode.read_write
    assert copy.deepcopy(pyxrt.bo.cacheable) == pyxrt.bo.cacheable
    assert pyxrt.XCL_BO_FLAGS_NONE == 0
    assert str(pyxrt.xrt_info_device.name) == "xrt_info_device.name"


def test_enumerations_refuse_what_pybind11_refuses():
    with pytest.raises(TypeError):
        pyxrt.bo.normal | pyxrt.bo.cacheable
    with pytest.raises(TypeError):
        assert pyxrt.bo.normal < pyxrt.bo.cacheable
    with pytest.raises(TypeError, match=r"1. pyxrt.bo.flags\(value: int\)"):
        pyxrt.bo.flags("normal")


def test_log_messages_look_like_xrts(capsys):
    pyxrt.log_message(pyxrt.warning, "host", "no output")
    assert capsys.readouterr().err == "[XRT] WARNING: host: no output\n"
