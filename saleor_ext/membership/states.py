"""States of memberships and cycles, and every legal move between them."""

from django.db.models import TextChoices


class TierKind(TextChoices):
    """How a tier is paid."""

    FREE = "free", "無料"
    MONTHLY = "monthly", "毎月の寄附"
    PREPAID = "prepaid", "まとめて寄附"


class LimitOrigin(TextChoices):
    """Where a donor's yearly limit comes from."""

    CALCULATOR = "calculator", "計算による上限"
    BY_HAND = "by_hand", "ご自分で決めた上限"


class WhenReached(TextChoices):
    """What becomes of a month whose donation would exceed the donor's yearly limit.

    stop: it is left out. lower: the largest tier that still fits is given for that month only.
    go_on: it is given all the same.
    """

    STOP = "stop", "上限をこえる月は見送る"
    LOWER = "lower", "上限におさまるプランの額に下げる"
    GO_ON = "go_on", "上限をこえても続ける"


class LimitOutcome(TextChoices):
    """What the yearly limit makes of a month.

    over: it is given all the same, as chosen or because it is fixed already.
    """

    FITS = "fits", "上限内"
    LOWERED = "lowered", "この月だけ下げる"
    LEFT_OUT = "left_out", "上限のため見送る"
    OVER = "over", "上限をこえて受け取る"


class MembershipState(TextChoices):
    """Where a membership (会員契約) stands.

    draft: being joined, no money yet; ends by the first donation or is dropped.
    active: everything as agreed.
    paused: the donor rests; no charges, no boxes.
    past_due: a donation did not go through; its parcel waits, content stays for a while.
    cancelling: no further donations; what was paid is still delivered.
    ended: over for good. History stays.
    parked: something needs a human; nothing automatic happens until staff decide.
    """

    DRAFT = "draft", "手続き中"
    ACTIVE = "active", "継続中"
    PAUSED = "paused", "お休み中"
    PAST_DUE = "past_due", "お支払い待ち"
    CANCELLING = "cancelling", "終了予定"
    ENDED = "ended", "終了"
    PARKED = "parked", "職員確認中"


class CycleState(TextChoices):
    """Where one month (回) of a membership stands.

    planned: dates are known, everything may still be changed.
    locked: address, box, price and cost are copied; waiting for the donation day.
    charged: the donation was received.
    skipped: deliberately without donation and box, with a reason.
    failed: the donation could not be received in time.
    void: not to be any more: the membership ended before it came, or the plan became another.
    What a prepaid donation covers stays locked: its donation is that of the term's first month.
    """

    PLANNED = "planned", "予定"
    LOCKED = "locked", "確定"
    CHARGED = "charged", "寄附済み"
    SKIPPED = "skipped", "見送り"
    FAILED = "failed", "不成立"
    VOID = "void", "取りやめ"


class CycleKind(TextChoices):
    """Whether a cycle has a donation of its own."""

    DONATION = "donation", "寄附あり"
    PREPAID = "prepaid", "まとめて寄附の回"


class CancelReason(TextChoices):
    """Why a donor leaves, as far as he wants to say."""

    COST = "cost", "家計の都合"
    GIFTS = "gifts", "品が合わなかった"
    TOO_MUCH = "too_much", "量や回数が多い"
    OTHER_TOWN = "other_town", "ほかの町に寄附したい"
    AT_LIMIT = "at_limit", "控除の上限に近い"
    MOVING = "moving", "引っ越し"
    OTHER = "other", "そのほか"


class ChoiceKind(TextChoices):
    """What a donor can choose about his membership (お手続き)."""

    SKIP = "skip", "ひと月の見送り"
    SKIP_UNDO = "skip_undo", "見送りの取り消し"
    PAUSE = "pause", "お休み"
    RESUME = "resume", "お休みからの再開"
    TIER = "tier", "プランの変更"
    ANCHOR = "anchor", "ご寄附日の変更"
    CANCEL = "cancel", "会員の終了"
    CANCEL_UNDO = "cancel_undo", "終了の取り消し"
    COME_BACK = "come_back", "ふたたびの加入"
    CARD = "card", "カードの変更"
    HANDOVER = "handover", "会員の贈りもの"
    ADDRESS = "address", "ひと月だけのお届け先"
    TERM = "term", "毎月とまとめての切り替え"
    RENEWAL = "renewal", "期間が終わったあとの希望"
    SWAP = "swap", "品や月の入れ替え"
    WISH = "wish", "代わりの品の希望"
    LIMIT = "limit", "年間上限のときの希望"
    YEAR_TURN = "year_turn", "年をこえた月の扱い"


class PastDueOutcome(TextChoices):
    """What becomes of a membership whose month was given up because it was not paid in time.

    goes_on: that month is lost, the next one is asked for as usual.
    ends: what was given is still delivered, then the membership is over.
    """

    GOES_ON = "goes_on", "その月だけ不成立にし、会員は続ける"
    ENDS = "ends", "会員を終える"


class YearTurnAnswer(TextChoices):
    """What a donor says about a month that its year left unpaid."""

    CARRY = "carry", "新しい年の寄附として受け取る"
    LEAVE_OUT = "leave_out", "その月は見送る"


class SwapWish(TextChoices):
    """What a donor wants when a gift of his box cannot be sent (代わりの品の希望).

    accept: another gift in its place. ask: he decides each time. carry: the month is left out, and
    a box that is paid for comes at the end of its term.
    """

    ACCEPT = "accept", "代わりの品を受け取る"
    ASK = "ask", "そのつど選ぶ"
    CARRY = "carry", "見送って持ち越す"


SWAP_SILENCE = frozenset({SwapWish.ACCEPT, SwapWish.CARRY})
"""What may be done when a donor who wants to be asked does not answer."""


class GrantState(TextChoices):
    """Where a membership given to another person (贈呈) stands.

    offered: the link was mailed; nothing has changed yet.
    accepted: boxes and content are the recipient's; donation, receipt and limit the giver's.
    withdrawn: the giver took it back before it was accepted.
    expired: nobody accepted it in time.
    ended: it was accepted and is over: taken back, given back, or the membership ended.
    """

    OFFERED = "offered", "ご案内中"
    ACCEPTED = "accepted", "受け取り済み"
    WITHDRAWN = "withdrawn", "取り下げ"
    EXPIRED = "expired", "期限切れ"
    ENDED = "ended", "贈呈の終了"


_G = GrantState
GRANT_TRANSITIONS: dict[str, frozenset[str]] = {
    _G.ACCEPTED: frozenset({_G.OFFERED}),
    _G.WITHDRAWN: frozenset({_G.OFFERED}),
    _G.EXPIRED: frozenset({_G.OFFERED}),
    _G.ENDED: frozenset({_G.ACCEPTED}),
}

GRANT_LIVE = frozenset({_G.OFFERED, _G.ACCEPTED})
"""Grants that are not over: at most one for each membership."""

_M = MembershipState
MEMBERSHIP_TRANSITIONS: dict[str, frozenset[str]] = {
    _M.ACTIVE: frozenset({_M.DRAFT, _M.PAUSED, _M.PAST_DUE, _M.CANCELLING, _M.PARKED}),
    _M.PAUSED: frozenset({_M.ACTIVE, _M.PARKED}),
    _M.PAST_DUE: frozenset({_M.ACTIVE, _M.CANCELLING, _M.PARKED}),
    _M.CANCELLING: frozenset({_M.ACTIVE, _M.PAUSED, _M.PAST_DUE, _M.PARKED}),
    _M.ENDED: frozenset({_M.DRAFT, _M.ACTIVE, _M.PAUSED, _M.PAST_DUE, _M.CANCELLING, _M.PARKED}),
    _M.PARKED: frozenset({_M.DRAFT, _M.ACTIVE, _M.PAUSED, _M.PAST_DUE, _M.CANCELLING}),
}

_C = CycleState
CYCLE_TRANSITIONS: dict[str, frozenset[str]] = {
    # A month left out by the donor's choice comes back when he takes the choice back in time; one
    # left out for want of a gift when an alternate is found in time.
    _C.PLANNED: frozenset({_C.SKIPPED, _C.VOID}),
    _C.LOCKED: frozenset({_C.PLANNED}),
    # Money that did come in is never refused, even after the month was given up.
    _C.CHARGED: frozenset({_C.LOCKED, _C.FAILED, _C.SKIPPED, _C.VOID}),
    _C.SKIPPED: frozenset({_C.PLANNED, _C.LOCKED}),
    _C.FAILED: frozenset({_C.LOCKED}),
    _C.VOID: frozenset({_C.PLANNED, _C.LOCKED}),
}

MEMBERSHIP_LIVE = frozenset({_M.ACTIVE, _M.PAST_DUE, _M.CANCELLING})
"""Memberships whose months are worked on."""

MEMBERSHIP_PLANNED = MEMBERSHIP_LIVE | {_M.PAUSED}
"""Memberships whose months are written down ahead; in a pause they are left out at once."""

MEMBERSHIP_ENTITLED = frozenset({_M.ACTIVE, _M.PAUSED, _M.PAST_DUE, _M.CANCELLING})
"""Memberships that open content."""

MEMBERSHIP_CURRENT = MEMBERSHIP_ENTITLED | {_M.PARKED}
"""Memberships a donor still has: at most one of them each."""

MEMBERSHIP_CHARGEABLE = frozenset({_M.ACTIVE, _M.PAST_DUE})
"""Memberships that may be asked for a donation."""

CYCLE_OPEN = frozenset({_C.PLANNED, _C.LOCKED})
"""Cycles that are not finished."""

NOT_PAID_IN_TIME = "not_paid_in_time"
"""Why a month was given up, and a membership with it where the town wants that."""

PLAN_CHANGED = "plan_changed"
"""Why a month was taken back that was only a plan; the plan itself may bring it again."""

SKIP_BY_DONOR, SKIP_BY_PAUSE = "donor_skip", "donor_pause"
SKIP_CHOSEN = frozenset({SKIP_BY_DONOR, SKIP_BY_PAUSE})
"""Reasons of months that the donor left out himself, and may bring back in time."""
