"""Secrets in the database open with our keys only, and only for what they were sealed for."""

import re
import time

import pytest

from saleor_ext.common import sealing

OLD, NEW = "an old key of the town's own, long enough", "a new key of the town's own, long enough"


@pytest.fixture(autouse=True)
def keys(settings):
    settings.SEALING_KEYS = [OLD]
    return settings


def test_what_was_sealed_opens_and_does_not_show():
    sealed = sealing.seal("ひみつ", purpose="a")

    assert sealing.unseal(sealed, purpose="a") == "ひみつ"
    assert "ひみつ" not in sealed
    assert sealing.seal("ひみつ", purpose="a") != sealed
    assert re.fullmatch(r"[A-Za-z0-9_-]+", sealed), "it may stand in an address"


@pytest.mark.parametrize("broken", ["", "é", "abc", "A" * 120])
def test_rubbish_does_not_open(broken):
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(broken, purpose="a")


def test_it_opens_for_its_own_purpose_only():
    sealed = sealing.seal("x", purpose="a")

    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed, purpose="b")


def test_a_changed_text_does_not_open():
    sealed = sealing.seal("x", purpose="a")
    changed = sealed[:-6] + ("AAAAAA" if not sealed.endswith("AAAAAA") else "BBBBBB")

    with pytest.raises(sealing.SealBroken):
        sealing.unseal(changed, purpose="a")


def test_it_stops_opening_when_it_is_too_old(monkeypatch):
    # given
    sealed = sealing.seal("x", purpose="a")
    two_hours_on = time.time() + 7200

    # when
    monkeypatch.setattr(time, "time", lambda: two_hours_on)

    # then
    assert sealing.unseal(sealed, purpose="a", max_age_s=7300) == "x"
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed, purpose="a", max_age_s=7100)


def test_keys_are_changed_in_three_steps(keys):
    # given
    sealed = sealing.seal("x", purpose="a")

    # when
    keys.SEALING_KEYS = [NEW, OLD]
    renewed = sealing.renew(sealed, purpose="a")

    # then
    keys.SEALING_KEYS = [NEW]
    assert sealing.unseal(renewed, purpose="a") == "x"
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(sealed, purpose="a")
