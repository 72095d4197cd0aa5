"""The papers of a donor's year: they say what ledger and wish say, and only he has them."""

import io
from datetime import date

import pypdf
import pytest

from saleor_ext.common.errors import NotFound
from saleor_ext.flows.onestop import papers
from saleor_ext.onestop import models
from tests.builders import onestop, world

pytestmark = pytest.mark.django_db
DAYS = [date(2026, 10, 5), date(2026, 11, 5)]


def texts_of(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


def states_of(row):
    return [one.state for one in onestop.applications(row)]


@pytest.fixture
def row():
    return onestop.year_make(donor=world.donor_make(family_name="辻󠄀"), days=DAYS)


def test_a_year_is_one_file_and_its_forms_went_out(row):
    first, second = onestop.applications(row)

    cover, *forms = texts_of(
        papers.year_set_take(donor_id=row.donor_id, year=2026, now=world.NOW, actor="donor:1")
    )

    assert len(forms) == 2
    assert f"整理番号{first.number}" in forms[0]
    assert f"整理番号{second.number}" in forms[1]
    assert "合計6,000円" in cover
    assert "2027年1月10日(日)必着" in cover
    assert states_of(row) == ["sent", "sent"]
    papers.year_set_take(donor_id=row.donor_id, year=2026, now=world.NOW, actor="donor:1")
    assert models.OneStopEvent.objects.filter(to_state="sent").count() == 2


def test_what_came_in_stays_so_and_what_was_accepted_has_no_form_any_more(row):
    first, second = onestop.applications(row)
    onestop.accepted(first)
    onestop.received(second)

    _, *forms = texts_of(
        papers.year_set_take(donor_id=row.donor_id, year=2026, now=world.NOW, actor="donor:1")
    )

    assert len(forms) == 1
    assert second.number in forms[0]
    assert states_of(row) == ["accepted", "received"]


def test_one_form_alone_has_no_cover_and_only_its_donor_gets_it(row):
    first, _ = onestop.applications(row)

    [text] = texts_of(
        papers.form_take(
            public_id=first.public_id, donor_id=row.donor_id, now=world.NOW, actor="donor:1"
        )
    )

    assert first.number in text
    assert states_of(row) == ["sent", "wished"]
    with pytest.raises(NotFound):
        papers.form_take(
            public_id=first.public_id, donor_id=row.donor_id + 1, now=world.NOW, actor="donor:2"
        )
    with pytest.raises(NotFound):
        papers.year_set_take(donor_id=row.donor_id, year=2025, now=world.NOW, actor="donor:1")
