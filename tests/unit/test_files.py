import os

import pytest

from npubuild.errors import UserError
from npubuild.files import produce_atomically, read_bytes, read_text, write_atomically


def test_a_missing_file_is_named_with_the_reason(tmp_path):
    with pytest.raises(UserError, match=r"absent.mlir: cannot be read: no such file"):
        read_bytes(tmp_path / "absent.mlir")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UserError, match="is a directory"):
        read_bytes(tmp_path)


def test_text_that_is_none_is_located(tmp_path):
    (tmp_path / "junk").write_bytes(b"line\nab\xff")
    with pytest.raises(UserError, match=r"junk:2:3: not a text file: byte 0xff"):
        read_text(tmp_path / "junk")


def test_writing_makes_folders_and_leaves_nothing_beside_the_target(tmp_path):
    write_atomically(tmp_path / "a" / "b", "text")
    assert (tmp_path / "a" / "b").read_text() == "text"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_failing_producer_leaves_the_previous_file_whole(tmp_path):
    target = tmp_path / "insts.bin"
    target.write_bytes(b"previous")

    def fail_halfway(temporary):
        temporary.write_bytes(b"half")
        raise UserError([])

    with pytest.raises(UserError):
        produce_atomically(target, fail_halfway)
    assert target.read_bytes() == b"previous"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_has_the_usual_permissions(tmp_path):
    write_atomically(tmp_path / "new", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_unwritable_folder_is_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        write_atomically(tmp_path / "file" / "below", b"")


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(pipe, b"data")
    assert (os.read(reader, 10), pipe.is_fifo()) == (b"data", True)
    os.close(reader)


def test_what_a_symbolic_link_points_to_is_replaced(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", b"data")
    assert ((tmp_path / "real").read_bytes(), (tmp_path / "link").is_symlink()) == (b"data", True)
