"""A mistake in the town's files is told by file and key."""

import shutil
from pathlib import Path

import pytest

from fixtures.town import reader
from fixtures.town.records import TOWN_DIR, TownDataError


@pytest.fixture
def town_dir(tmp_path: Path) -> Path:
    copy = tmp_path / "town"
    shutil.copytree(TOWN_DIR, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_a_copy_reads_as_the_town_itself(town_dir: Path) -> None:
    assert reader.town_read(folder=town_dir) == reader.town_load()


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("town.toml", 'kana = "', 'kanna = "', r"town\.toml: unknown key 'kanna'"),
        ("town.toml", "[office]", "[office", r"town\.toml: .*line"),
        ("tiers.toml", "rank = 1", 'rank = "1"', r"tiers\[nagisa\]\.rank: must be int, not str"),
        ("tiers.toml", 'summary = "町', 'sumary = "町', r"tiers\[dayori\]: unknown key 'sumary'"),
        ("gifts.toml", "is_alcohol = true", "is_alcohol = 1", r"\.is_alcohol: must be bool"),
        ("gifts.toml", '"chilled"', '"cool"', r"gifts\[haru-yasai\]\.temperature: 'cool' is not"),
        ("gifts.toml", '["牛肉"]', '["マンモス"]', r"allergens: 'マンモス' is not on the list"),
        ("gifts.toml", "percent = 78", "percent = 50", r"value_added\.percent: must be over 50"),
        ("gifts.toml", 'slug = "daikon"', 'slug = "shoga"', r"slug: 'shoga' is used twice"),
        ("gifts.toml", "picture = ", "pictures = ", r"unknown key 'pictures'"),
        ("gifts.toml", '"gift-buntan"', '"gift-x"', r"no picture pictures/gift-x\.svg"),
        (
            "boxes.toml",
            "quantity = 2",
            "quantity = 9",
            r"boxes\[shiokaze, 4\]\.items: cost .* 30 %",
        ),
        ("boxes.toml", 'gift = "buntan"', 'gift = "suika"', r"no gift 'suika'"),
        ("boxes.toml", 'gift = "buntan"', 'gift = "konatsu"', r"'konatsu' is out of season"),
        ("boxes.toml", "month = 12", "month = 11", r"boxes\.toml: month: 'nagisa, 11' is used"),
        ("producers.toml", '"12-31"', '"12-32"', r"closed_days: '12-32' is not MM-DD"),
        ("producers.toml", '"yamato"', '"pigeon"', r"carrier: 'pigeon' is not one of yamato"),
        ("events.toml", "19:30:00", "21:30:00", r"ends_at: is before starts_at"),
        ("posts/ami-wo-tsukurou.md", "min_rank = 2", "min_rank = 7", r"min_rank: no such rank"),
        ("posts/ami-wo-tsukurou.md", 'slug = "ami', 'slug = "umi', r"posts/ami-wo-tsukurou\.md"),
        ("posts/kura-no-fuyu.md", "+++\n", "---\n", r"kura-no-fuyu\.md: must start with TOML"),
        (
            "town.toml",
            "あいだ",
            "あいた\u3099",
            r"town\.toml: text is not in Unicode",
        ),
    ],
)
def test_a_mistake_is_told_by_file_and_key(
    town_dir: Path, file: str, before: str, after: str, message: str
) -> None:
    # given
    path = town_dir / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")

    # when, then
    with pytest.raises(TownDataError, match=message):
        reader.town_read(folder=town_dir)


@pytest.mark.parametrize(
    "file", ["town.toml", "boxes.toml", "documents/daidokoro-cho.md", "pictures/town-hero.svg"]
)
def test_a_missing_file_is_named(town_dir: Path, file: str) -> None:
    # given
    (town_dir / file).unlink()

    # when, then
    with pytest.raises(TownDataError, match=Path(file).name):
        reader.town_read(folder=town_dir)
