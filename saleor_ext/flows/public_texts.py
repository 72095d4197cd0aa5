"""Every text that reaches people who are no members, searched for words it may not use.

Law: advertising_words
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template import engines

from saleor_ext.content import models as content_models
from saleor_ext.content import selectors as content_selectors
from saleor_ext.fulfilment import models as fulfilment_models
from saleor_ext.law import advertising
from saleor_ext.membership import models as membership_models

MAIL_SIGNATURE = "emails/signature.txt"


@dataclass(frozen=True, kw_only=True)
class PublicText:
    """One text: `place` names it for good, `label` for people. Content (`is_content`) with a word
    that staff have not let stand is not shown.
    """

    place: str
    label: str
    text: str
    is_content: bool = False


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A word in a text. `review` is what staff said about just this text and word, if they did;
    `is_holding`: until they have, the text is not shown to anybody.
    """

    place: str
    label: str
    found: advertising.Found
    digest: str
    review: content_models.WordReview | None
    is_holding: bool = False


def findings() -> list[Finding]:
    """This will search all public texts; what staff have not looked at comes first."""
    reviews = {
        (review.place, review.word, review.digest): review
        for review in content_selectors.word_reviews()
    }
    found = [finding for text in texts() for finding in _of_text(text, reviews)]
    return sorted(found, key=lambda finding: (finding.review is not None, finding.place))


def _of_text(
    text: PublicText, reviews: dict[tuple[str, str, str], content_models.WordReview]
) -> Iterator[Finding]:
    digest = advertising.text_digest(text.text)
    for found in advertising.words_in(text.text):
        review = reviews.get((text.place, found.word.word, digest))
        yield Finding(
            place=text.place,
            label=text.label,
            found=found,
            digest=digest,
            review=review,
            is_holding=text.is_content and review is None,
        )


def texts() -> Iterator[PublicText]:
    """This will yield what is written about the town, tiers, boxes, gifts and makers, and mails."""
    for town in membership_models.Municipality.objects.all():
        yield _text("town", "町の紹介", town.tagline, town.story)
    for tier in membership_models.Tier.objects.order_by("pk"):
        benefits = [text for benefit in tier.benefits for text in map(str, benefit.values())]
        yield _text(
            f"tier:{tier.slug}",
            f"会員プラン「{tier.name}」",
            *(tier.name, tier.summary, tier.description, *benefits),
        )
    yield from _fulfilment_texts()
    yield from _content_texts()
    yield from _mail_texts()


def _fulfilment_texts() -> Iterator[PublicText]:
    for gift in fulfilment_models.Gift.objects.order_by("pk"):
        words = (gift.name, gift.description, gift.contents)
        yield _text(f"gift:{gift.slug}", f"返礼品「{gift.name}」", *words)
    for box in fulfilment_models.BoxPlan.objects.select_related("tier").order_by("pk"):
        place = f"box:{box.tier.slug}:{box.month:%Y-%m}"
        label = f"{box.month:%Y年%m月}のお届け「{box.title}」"
        yield _text(place, label, box.title, box.story)
    for producer in fulfilment_models.Producer.objects.order_by("pk"):
        label = f"生産者「{producer.name}」"
        yield _text(f"producer:{producer.slug}", label, producer.summary, producer.story)


def _content_texts() -> Iterator[PublicText]:
    for label, model in (
        ("記事", content_models.Post),
        ("催し", content_models.Event),
        ("資料", content_models.Document),
    ):
        for item in model.objects.order_by("pk"):
            yield PublicText(
                place=item.text_place,
                label=f"{label}「{item.title}」",
                text=item.public_text,
                is_content=True,
            )


def _mail_texts() -> Iterator[PublicText]:
    signature = engines["django"].engine.get_template(MAIL_SIGNATURE)  # type: ignore[attr-defined]
    for path in sorted(Path(signature.origin.name).parent.glob("*.txt")):
        yield _text(f"mail:{path.stem}", f"メール {path.stem}", path.read_text(encoding="utf-8"))


def _text(place: str, label: str, *parts: str) -> PublicText:
    return PublicText(place=place, label=label, text="\n".join(parts))
