"""States of attempts, refunds, disputes and card changes, and every legal move between them."""

from django.db.models import TextChoices


class AttemptState(TextChoices):
    """Where one attempt to receive a donation (決済の試み) stands.

    intent: written down with its key, the provider not asked or the donor not finished yet.
    unknown: the provider's answer was lost; nobody tries again before it is found.
    action_required: the card's bank wants to see the donor.
    succeeded: money was received; exactly one donation exists.
    declined: no money was received and this attempt will not be used again by us.
    refunded: all of it was given back.
    """

    INTENT = "intent", "準備"
    UNKNOWN = "unknown", "確認中"
    ACTION_REQUIRED = "action_required", "本人認証待ち"
    SUCCEEDED = "succeeded", "成功"
    DECLINED = "declined", "不成立"
    REFUNDED = "refunded", "返金済み"


_A = AttemptState
ATTEMPT_TRANSITIONS: dict[str, frozenset[str]] = {
    _A.UNKNOWN: frozenset({_A.INTENT}),
    _A.ACTION_REQUIRED: frozenset({_A.INTENT, _A.UNKNOWN}),
    # Money that the provider says was taken is believed whatever we thought before.
    _A.SUCCEEDED: frozenset({_A.INTENT, _A.UNKNOWN, _A.ACTION_REQUIRED, _A.DECLINED}),
    _A.DECLINED: frozenset({_A.INTENT, _A.UNKNOWN, _A.ACTION_REQUIRED}),
    _A.REFUNDED: frozenset({_A.SUCCEEDED}),
}

ATTEMPT_OPEN = frozenset({_A.INTENT, _A.UNKNOWN, _A.ACTION_REQUIRED})
"""Attempts that may still turn into money: while one is open, no other is begun."""

ATTEMPT_RECEIVED = frozenset({_A.SUCCEEDED, _A.REFUNDED})
"""Attempts for which money came in."""


ATTEMPT_BUSY = ATTEMPT_OPEN | ATTEMPT_RECEIVED
"""Attempts beside which no other of the same month may be begun."""


class AttemptNoteKind(TextChoices):
    """What was done about an attempt that nobody knew the end of.

    parked: the janitor looked long enough in vain; staff have it before them.
    asked: staff had the provider asked at once.
    named: staff named the payment on the provider's page, and the provider confirmed it.
    closed: staff saw on the provider's page that no money was taken.
    """

    PARKED = "parked", "職員の確認待ち"
    ASKED = "asked", "もう一度問い合わせ"
    NAMED = "named", "決済会社の番号で確認"
    CLOSED = "closed", "受け取りなしとして終了"


class RefundState(TextChoices):
    """Where one refund (返金) stands.

    requested: written down with its key, the provider not asked yet.
    unknown: the provider's answer was lost; it is asked again with the same key.
    succeeded: the money is on its way back; exactly one correction of the donation exists.
    failed: nothing was given back.
    """

    REQUESTED = "requested", "依頼済み"
    UNKNOWN = "unknown", "確認中"
    SUCCEEDED = "succeeded", "返金済み"
    FAILED = "failed", "不成立"


class DisputeState(TextChoices):
    """How a dispute (不審請求) stands: a card's holder contradicts a donation through his bank.

    inquiry: the bank asks, no money has moved.
    open: the money was taken back until the bank has decided; parcels and membership wait.
    won: the money came back, all goes on.
    lost: the money is gone; what has not left is cancelled.
    dropped: the inquiry ended and nothing had moved.
    """

    INQUIRY = "inquiry", "照会中"
    OPEN = "open", "審査中"
    WON = "won", "認められた"
    LOST = "lost", "認められなかった"
    DROPPED = "dropped", "取り下げ"


_D = DisputeState
DISPUTE_TRANSITIONS: dict[str, frozenset[str]] = {
    _D.OPEN: frozenset({_D.INQUIRY}),
    # What the provider says of money is believed: a bank may come to another decision.
    _D.WON: frozenset({_D.INQUIRY, _D.OPEN, _D.LOST}),
    _D.LOST: frozenset({_D.INQUIRY, _D.OPEN, _D.WON}),
    _D.DROPPED: frozenset({_D.INQUIRY}),
}

DISPUTE_AWAY = frozenset({_D.OPEN, _D.LOST})
"""Disputes whose money is not the town's just now, or not any more."""

DISPUTE_OPEN = frozenset({_D.INQUIRY, _D.OPEN})
"""Disputes that the bank has not decided."""


class RefundOrigin(TextChoices):
    """Where a refund was asked for."""

    SHOP = "shop", "ショップの管理画面"
    PROVIDER = "provider", "決済代行の管理画面"


class CardChangeState(TextChoices):
    """Where the entering of a new card (カードの変更) stands.

    open: written down; the donor has the card field before him, or has left it.
    kept: the card is the one that is charged from now on.
    dropped: the donor never came back to it.
    """

    OPEN = "open", "入力待ち"
    KEPT = "kept", "登録済み"
    DROPPED = "dropped", "入力されず"


_K = CardChangeState
CARD_CHANGE_TRANSITIONS: dict[str, frozenset[str]] = {
    # Whoever enters his card in a window left open for days has changed it all the same.
    _K.KEPT: frozenset({_K.OPEN, _K.DROPPED}),
    _K.DROPPED: frozenset({_K.OPEN}),
}

_R = RefundState
REFUND_TRANSITIONS: dict[str, frozenset[str]] = {
    _R.UNKNOWN: frozenset({_R.REQUESTED}),
    # Money that the provider says was given back is believed whatever we thought before.
    _R.SUCCEEDED: frozenset({_R.REQUESTED, _R.UNKNOWN, _R.FAILED}),
    _R.FAILED: frozenset({_R.REQUESTED, _R.UNKNOWN}),
}

REFUND_OPEN = frozenset({_R.REQUESTED, _R.UNKNOWN})
"""Refunds that may still turn into money given back: while one is open, no other is begun."""


class HolderState(TextChoices):
    """Whether a card is its donor's own, by the name on it (カードの名義).

    same: the names agree. unclear: they cannot be compared, so the donor is asked.
    differs: another name; it is for staff. confirmed: the donor says it is his own.
    cleared: staff have looked at it. The name itself is kept nowhere.
    """

    SAME = "same", "一致"
    UNCLEAR = "unclear", "照合できない"
    DIFFERS = "differs", "名義がちがう"
    CONFIRMED = "confirmed", "ご本人が確認"
    CLEARED = "cleared", "職員が確認"


HOLDER_OPEN = frozenset({HolderState.UNCLEAR, HolderState.DIFFERS})
