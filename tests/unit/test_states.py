"""The tables of legal moves: nothing in them is a slip of the pen."""

import pytest

from tests.tools import states_docs

MACHINES = {machine.states.__name__: machine for machine in states_docs.machines()}
BEGIN = {
    "MembershipState": {"draft"},
    "CycleState": {"planned"},
    "AttemptState": {"intent"},
    "RefundState": {"requested"},
    "ShipmentState": {"requested"},
    "InstallationState": {"active"},
    "CardChangeState": {"open"},
    "ReceiptState": {"issued"},
    "PrintState": {"queued"},
    "GrantState": {"offered"},
    "DisputeState": {"inquiry"},
    "AlternateState": {"proposed"},
    "SwapState": {"asked"},
    "RunState": {"running"},
    "CatchUpState": {"waiting"},
    "CatchUpMonthState": {"waiting"},
    "RehearsalState": {"wanted"},
    "ApplicationState": {"wished"},
    "ChangeState": {"written"},
    "NoticeState": {"made"},
    "ImportState": {"previewed"},
}
FINAL = {
    "MembershipState": {"ended"},
    "CycleState": {"charged"},
    "AttemptState": {"refunded"},
    "RefundState": {"succeeded"},
    "ShipmentState": {"delivered", "returned", "cancelled", "substituted"},
    "InstallationState": set(),
    "CardChangeState": {"kept"},
    "ReceiptState": {"withdrawn"},
    "PrintState": {"cleared"},
    "GrantState": {"expired", "withdrawn", "ended"},
    "DisputeState": {"dropped"},
    "AlternateState": {"withdrawn"},
    "SwapState": {"accepted", "dropped", "carried"},
    "RunState": {"done", "failed", "stopped"},
    "CatchUpState": {"charge", "ask", "void", "skip"},
    "CatchUpMonthState": {"approved", "gone", "skipped"},
    "RehearsalState": {"done", "failed"},
    "ApplicationState": {"void"},
    "ChangeState": {"received", "dropped"},
    "NoticeState": {"replaced"},
    "ImportState": {"applied", "dropped"},
}


def test_every_machine_says_where_it_begins_and_ends():
    assert set(BEGIN) == set(FINAL) == set(MACHINES)


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_the_table_names_only_states_there_are(name):
    machine = MACHINES[name]

    named = set(machine.sources).union(*machine.sources.values())

    assert named <= {str(value) for value in machine.states.values}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_no_state_is_entered_from_itself(name):
    assert all(before != after for before, after in MACHINES[name].moves())


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_can_be_reached_from_the_beginning(name):
    machine = MACHINES[name]

    reached = set(BEGIN[name])
    while found := {to for before, to in machine.moves() if before in reached} - reached:
        reached |= found

    assert reached == {str(value) for value in machine.states.values}


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_only_the_final_states_have_no_way_out(name):
    machine = MACHINES[name]

    without_exit = {str(value) for value in machine.states.values} - {
        before for before, _ in machine.moves()
    }

    assert without_exit == FINAL[name]


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_the_papers_show_every_state_and_move(name):
    machine = MACHINES[name]

    page = states_docs.page(machine)

    assert all(f"    {before} --> {after}" in page for before, after in machine.moves())
    assert all(f"**{value}" in page or f"{value} (" in page for value in machine.states.values)
