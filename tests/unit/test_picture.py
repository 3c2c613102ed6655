"""Pictures of the array: labels do not overlap, arrows end at their tiles, findings and hangs are marked where they sit."""

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.hardware.devices import Tile
from npubuild.mlir.source import read_design
from npubuild.picture.cards import CHARACTER, WIDTH
from npubuild.picture.geometry import arrange
from npubuild.picture.reading import read_scene
from npubuild.picture.scene import Kind, Scene
from npubuild.picture.svg import draw

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / "tests" / "oracle"
DESIGNS = sorted((ORACLE / "designs").glob("*.mlir"))
SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"title": 9.1, "badge": 6.1}  # px a character, where it is not the usual


def scene_of(path: Path) -> Scene:
    """Of the first device."""
    design = read_design(path)
    return read_scene(design, design.devices()[0].symbol)


def picture_of(path: Path) -> ET.Element:
    return ET.fromstring(draw(scene_of(path), "light"))  # noqa: S314 (made here)


def boxes(picture: ET.Element) -> list[tuple[float, float, float, float, str]]:
    """(left, top, right, bottom, text) of every text."""
    found = []
    for text in picture.iter(f"{SVG}text"):
        content, style = text.text or "", (text.get("class") or "").split()
        width = len(content) * next((SIZES[name] for name in style if name in SIZES), CHARACTER)
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        left = x - width if "flush" in style else x - width / 2 if "badge" in style else x
        found.append((left, y - 9, left + width, y + 2, content))
    return found


@pytest.mark.parametrize("path", DESIGNS[::3], ids=lambda path: path.stem)
def test_labels_do_not_overlap_and_stay_on_the_page(path: Path) -> None:
    picture = picture_of(path)
    texts = boxes(picture)
    assert texts
    for one, other in itertools.combinations(texts, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    width, height = float(picture.get("width", "")), float(picture.get("height", ""))
    assert all(left >= 0 and right <= width and top >= 0 and bottom <= height for left, top, right, bottom, _ in texts)


@pytest.mark.parametrize("path", DESIGNS[1::3], ids=lambda path: path.stem)
def test_arrows_begin_and_end_at_their_tiles(path: Path) -> None:
    scene = scene_of(path)
    geometry = arrange(scene, 0)
    assert len(geometry.arrows) == sum(len(net.sources) * len(net.destinations) for net in scene.nets)
    for arrow in geometry.arrows:
        for point, end in ((arrow.points[0], arrow.source), (arrow.points[-1], arrow.destination)):
            placed = geometry.cards[end.tile]
            assert point[0] in (placed.x, placed.x + WIDTH)
            assert placed.y < point[1] < placed.y + placed.height


@pytest.mark.parametrize("name", ["attention_like_task_4col_serial", "distribute_three", "broadcast_three_depth_array"])
def test_no_two_nets_run_on_top_of_one_another(name: str) -> None:
    geometry = arrange(read_scene(read_design(ORACLE / "designs" / f"{name}.mlir")), 0)
    upright = [
        (arrow.net.name, one[0], min(one[1], other[1]), max(one[1], other[1]))
        for arrow in geometry.arrows
        for one, other in itertools.pairwise(arrow.points)
        if one[0] == other[0]
    ]
    for (net, x, low, high), (other, x2, low2, high2) in itertools.combinations(upright, 2):
        assert net == other or x != x2 or high < low2 or high2 < low


def test_a_tile_shows_function_fifo_channel_transfer_and_memory() -> None:
    words = {text for *_, text in boxes(picture_of(ORACLE / "designs" / "attention_like_task_4col_packed.mlir"))}
    assert {"calls attend", "linked with attend.o", "qkv2", "12288 B x 2  S2MM 0", "arg 0 %in: 12288 B"} <= words
    assert {"stack", "4096 B at 0x0", "2 x 12288 B at 0x1000", "28672 of 65536 B"} <= words


def test_objects_that_a_link_shares_go_by_the_fifo_that_they_are_named_after() -> None:
    scene = scene_of(ORACLE / "designs" / "distribute_join_pair.mlir")
    assert [(region.label, len(region.pieces)) for region in scene.tiles[Tile(0, 1)].regions] == [("out", 2), ("in", 2)]


def test_kinds_of_connections_are_told_apart() -> None:
    def kinds(name: str) -> dict[str, Kind]:
        return {net.name: net.kind for net in read_scene(read_design(ORACLE / "designs" / f"{name}.mlir")).nets}

    assert kinds("shared_memory_neighbours") == {"in": Kind.CIRCUIT, "mid": Kind.SHARED, "out": Kind.CIRCUIT}
    assert set(kinds("packet_flow_two_sources").values()) == {Kind.PACKET}


def test_links_say_what_goes_where() -> None:
    scene = read_scene(read_design(ORACLE / "designs" / "distribute_join_pair.mlir"))
    assert scene.tiles[Tile(0, 1)].links == ("split in -> in_l at 0, in_r at 13", "join out_l at 0, out_r at 13 -> out")


def test_findings_are_marked_where_they_sit() -> None:
    scene = read_scene(read_design(ORACLE / "invalid" / "r13_three_inputs_on_one_column.mlir"))
    assert [(mark.severity, mark.tile, mark.net) for mark in scene.marks] == [("error", Tile(0, 0), "z")]
    scene = read_scene(read_design(ORACLE / "designs" / "bad_queue_overflow_five_pushes.mlir"))
    assert [(mark.tile, mark.net) for mark in scene.marks] == [(Tile(0, 0), "channel 0 0 S2MM 0")]
    assert "task-queue-overflow" in scene.remarks[0].text


def test_a_design_that_does_not_fit_is_drawn_with_its_error() -> None:
    picture = picture_of(ORACLE / "invalid" / "r25_buffers_over_64_KiB.mlir")
    assert [circle.get("class") for circle in picture.iter(f"{SVG}circle")] == ["error", "error"]


def test_the_picture_of_a_hang_shows_where_it_stands(tmp_path: Path) -> None:
    np = pytest.importorskip("numpy")
    np.save(tmp_path / "x.npy", np.arange(10, dtype=np.int32))
    file = tmp_path / "hang.svg"
    arguments = ["--arg", str(tmp_path / "x.npy"), "--arg", f"={tmp_path / 'y.npy'}", "--picture", str(file)]
    assert main(["emulate", str(ORACLE / "designs" / "bad_cyclic_wait.mlir"), *arguments]) == 3
    picture = ET.parse(file).getroot()  # noqa: S314 (made here)
    for tile in ("0,2", "0,3"):
        (group,) = (group for group in picture.iter(f"{SVG}g") if group.get("data-tile") == tile)
        assert "stands" in {circle.get("class") for circle in group.iter(f"{SVG}circle")}


def test_draw_writes_what_the_name_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = str(ORACLE / "designs" / "linear_i8_single_core.mlir")
    assert main(["draw", design, "-o", str(tmp_path / "a.svg"), "--theme", "dark"]) == 0
    assert "prefers-color-scheme" not in (tmp_path / "a.svg").read_text()
    assert main(["draw", design, "-o", str(tmp_path / "a.html")]) == 0
    assert re.search(r"<!doctype html>.*<svg .*prefers-color-scheme: dark", (tmp_path / "a.html").read_text(), re.DOTALL)
    assert main(["draw", design, "-o", str(tmp_path / "a.gif")]) == 2
    assert "is no kind of picture" in capsys.readouterr().err


def test_draw_writes_png(tmp_path: Path) -> None:
    pytest.importorskip("cairosvg", reason="PNG files need the extra `report`")
    file = tmp_path / "a.png"
    assert main(["draw", str(ORACLE / "designs" / "linear_i8_single_core.mlir"), "-o", str(file)]) == 0
    assert file.read_bytes().startswith(b"\x89PNG")
