"""The town's pictures can be served under a strict content security policy."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fixtures.town import reader
from fixtures.town.records import PICTURES_DIR

TOWN = reader.town_load()
PICTURES = sorted(PICTURES_DIR.glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "g", "path", "rect", "circle", "ellipse", "clipPath", "use"}
SIZE_MAX_BYTES = 12 * 1024
VIEW_BOXES = {
    "town-hero": "0 0 1600 700",
    "logo-mark": "0 0 64 64",
    "favicon": "0 0 64 64",
}


def picture_root(path: Path) -> ElementTree.Element:
    return ElementTree.fromstring(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.stem


def test_there_is_exactly_one_picture_for_each_thing_that_is_shown() -> None:
    wanted = {tier.picture for tier in TOWN.tiers}
    wanted |= {producer.picture for producer in TOWN.producers}
    wanted |= {gift.picture for gift in TOWN.gifts}
    wanted |= {post.cover for post in TOWN.posts} | {event.picture for event in TOWN.events}
    wanted |= set(VIEW_BOXES)
    assert {path.stem for path in PICTURES} == wanted
    assert len({gift.picture for gift in TOWN.gifts}) == len(TOWN.gifts)
    assert len({post.cover for post in TOWN.posts}) == len(TOWN.posts)


@pytest.mark.parametrize("path", PICTURES, ids=name_of)
def test_a_picture_is_small_and_has_the_agreed_frame(path: Path) -> None:
    root = picture_root(path)
    assert path.stat().st_size <= SIZE_MAX_BYTES
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == VIEW_BOXES.get(path.stem, "0 0 640 480")
    assert len(list(root.iter())) > 5, "an empty frame is no picture"


@pytest.mark.parametrize("path", PICTURES, ids=name_of)
def test_a_picture_only_draws(path: Path) -> None:
    for element in picture_root(path).iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        assert not (element.text or "").strip()
        for name, value in element.attrib.items():
            assert name not in {"style", "class"}
            assert not name.startswith("on")
            assert name != "href" or value.startswith("#")
            assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)


@pytest.mark.parametrize("path", PICTURES, ids=name_of)
def test_what_a_picture_refers_to_is_in_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    ids = Counter(element.get("id") for element in picture_root(path).iter() if element.get("id"))
    referred = set(re.findall(r'(?:href="|url\()#([\w-]+)', text))
    assert [name for name, count in ids.items() if count > 1] == []
    assert referred <= set(ids)


def test_pictures_can_stand_in_one_page_without_sharing_an_id() -> None:
    owners: dict[str, str] = {}
    for path in PICTURES:
        if path.stem == "favicon":  # the same drawing as the logo mark, never inlined
            continue
        for name in re.findall(r'\bid="([\w-]+)"', path.read_text(encoding="utf-8")):
            assert name not in owners, (path.stem, owners.get(name))
            owners[name] = path.stem
