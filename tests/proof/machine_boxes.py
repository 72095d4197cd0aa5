"""Prepaid terms with little else than what becomes of their boxes: a row of these moves meets
missing gifts, months left out and the bound of a term far more often than one of all moves does.
"""

from tests.proof.machine_terms import TermMachine

ELSEWHERE = [
    "a_day_on_which_one_call_in_ten_fails",
    "card_changes_its_mind",
    "changes_the_day",
    "donations_are_stopped_for_days",
    "enters_a_new_card",
    "gives_a_month_back",
    "gives_his_membership_away_or_takes_it_back",
    "joins",
    "makes_up_for_a_month",
    "messages_come_doubled_and_shuffled",
    "moves_house",
    "says_what_is_to_become_of_a_month_of_the_old_year",
    "sends_one_box_elsewhere",
    "sets_a_limit_for_the_year",
    "somebody_forges_a_message",
    "staff_stop_or_let_go_on",
    "the_bank_wants_to_see_the_donor_from_now_on",
    "the_clock_goes_back",
    "the_provider_has_bad_hours",
    "the_provider_is_away_for_days",
    "wants_to_change_a_month_that_is_fixed",
]
"""Moves that the machine of all moves makes."""


class BoxMachine(TermMachine):
    """One donor in a term, and what can become of his boxes."""


for _name in ELSEWHERE:
    assert hasattr(TermMachine, _name), _name
    setattr(BoxMachine, _name, None)
