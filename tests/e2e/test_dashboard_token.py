"""The staff pages of a running trial, opened with what the shop's Dashboard hands over."""

import httpx
import pytest

from fixtures.town import reader
from fixtures.trial.supervisor import Supervisor

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def _page(trial: Supervisor, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{trial.url}/staff/members/", headers=headers, trust_env=False)


def test_an_officers_token_opens_them_and_a_donors_sign_in_does_not(trial: Supervisor) -> None:
    # given
    town = reader.town_load()
    shop = httpx.Client(trust_env=False)
    officer = {"email": town.staff[0].email, "app": "jp.furusato-salon"}
    asked = shop.post(f"{trial.shop_url}/_control/extension_token", json=officer)
    sign_in = (
        'mutation { tokenCreate(email: "hanako@example.jp", '
        f'password: "{town.demo_password}") {{ token }} }}'
    )
    donor = shop.post(f"{trial.shop_url}/graphql/", json={"query": sign_in}).json()
    # when
    opened = _page(trial, asked.json()["token"])
    refused = _page(trial, donor["data"]["tokenCreate"]["token"])
    # then
    assert opened.status_code == 200
    assert 'class="framed"' in opened.text
    assert refused.status_code == 401
