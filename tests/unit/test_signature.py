import pytest

from npubuild.errors import UserError
from npubuild.pipeline.signature import HostBuffer, Share, Signature, count_calls, shares
from npubuild.registry import Buffer, Entry

X = Buffer("x", (4,), "i8")
Y = Buffer("y", (2,), "i16")
Z = Buffer("z", (8,), "i8")


def entry(inputs: tuple[Buffer, ...], outputs: tuple[Buffer, ...]) -> Entry:
    return Entry("f", inputs, outputs, ())


def host(*sizes: int, calls: int) -> Signature:
    buffers = tuple(HostBuffer(f"arg{number}", f"memref<{size}xi8>", size, "in") for number, size in enumerate(sizes))
    return Signature("main", "sequence", buffers, calls)


def test_calls_follow_from_sizes() -> None:
    assert count_calls(entry((X,), (Z,)), {"in": [4], "out": [8]}) == 1
    assert count_calls(entry((X, Y), (Z,)), {"in": [16, 16], "out": [32]}) == 4


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"in": [6], "out": [8]}, "the sequence's inputs have 6 bytes, those of one call 4: no whole number of calls"),
        ({"in": [4], "out": []}, "the sequence's outputs have 0 bytes, those of one call 8: no whole number of calls"),
        ({"in": [8], "out": [8]}, "the sequence's inputs are those of 2 calls, its outputs those of 1"),
    ],
)
def test_sizes_that_do_not_fit_the_entry(sizes: dict[str, list[int]], message: str) -> None:
    with pytest.raises(UserError, match=message):
        count_calls(entry((X,), (Z,)), sizes)


def test_one_host_buffer_for_each_of_the_entry_s_holds_the_shares_in_turn() -> None:
    assert list(shares((X, Z), [0, 1], host(8, 16, calls=2))) == [
        Share(0, 0, 0, 0, 4),
        Share(1, 0, 0, 4, 4),
        Share(0, 1, 1, 0, 8),
        Share(1, 1, 1, 8, 8),
    ]


def test_one_buffer_of_the_entry_runs_through_all_of_the_host_s() -> None:
    assert list(shares((X,), [0, 1], host(8, 4, calls=3))) == [
        Share(0, 0, 0, 0, 4),
        Share(1, 0, 0, 4, 4),
        Share(2, 0, 1, 0, 4),
    ]


def test_an_order_that_would_be_a_guess_is_refused() -> None:
    with pytest.raises(UserError, match=r"how the host's arg0 \(4 bytes\), .* divide into the entry's x .* is not clear"):
        list(shares((X, Z), [0, 1, 2], host(4, 4, 4, calls=1)))
    with pytest.raises(UserError, match="is not clear"):
        list(shares((X, Z), [0, 1], host(8, 8, calls=2)))


def test_facts_round_trip() -> None:
    signature = host(8, 4, calls=3)
    assert Signature.from_facts(signature.as_facts()) == signature
