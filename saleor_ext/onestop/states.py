"""States of one-stop applications, change forms and notices, and every legal move between them."""

from django.db.models import TextChoices


class ApplicationState(TextChoices):
    """Where the one-stop application (申告特例申請) of one donation stands.

    wished: the donor wants it; no form has gone out yet.
    sent: the form was sent to him, or he has taken it from his page.
    received: the form came in, on paper, at the counter or online.
    reviewing: staff look at it and at the copies of documents.
    incomplete: something is missing; the donor was told what.
    accepted: it is complete; the donor was told so.
    changed: he reported a change after that (55-6), or staff put something right.
    notice_made: it stands on the notice to the municipality where he lives.
    noticed: that notice was sent.
    notice_returned: that municipality sent the notice back.
    void: it does not hold; `void_reason` says why. A new one may be made for the donation.

    That nothing is wished is the year's to say: there is no application then.
    """

    WISHED = "wished", "希望"
    SENT = "sent", "申請書送付済み"
    RECEIVED = "received", "受け取り済み"
    REVIEWING = "reviewing", "審査中"
    INCOMPLETE = "incomplete", "不備の連絡中"
    ACCEPTED = "accepted", "受付済み"
    CHANGED = "changed", "変更届出済み"
    NOTICE_MADE = "notice_made", "通知データ作成済み"
    NOTICED = "noticed", "通知送付済み"
    NOTICE_RETURNED = "notice_returned", "通知が返戻"
    VOID = "void", "無効"


_A = ApplicationState
APPLICATION_TRANSITIONS: dict[str, frozenset[str]] = {
    _A.SENT: frozenset({_A.WISHED}),
    _A.RECEIVED: frozenset({_A.WISHED, _A.SENT}),
    _A.REVIEWING: frozenset({_A.RECEIVED, _A.INCOMPLETE}),
    _A.INCOMPLETE: frozenset({_A.RECEIVED, _A.REVIEWING}),
    _A.ACCEPTED: frozenset({_A.RECEIVED, _A.REVIEWING}),
    _A.CHANGED: frozenset({_A.ACCEPTED, _A.NOTICE_MADE, _A.NOTICED, _A.NOTICE_RETURNED}),
    _A.NOTICE_MADE: frozenset({_A.ACCEPTED, _A.CHANGED}),
    _A.NOTICED: frozenset({_A.NOTICE_MADE, _A.NOTICE_RETURNED}),
    _A.NOTICE_RETURNED: frozenset({_A.NOTICED}),
    _A.VOID: frozenset(set(_A) - {_A.VOID}),
}

APPLICATION_AWAITED = frozenset({_A.WISHED, _A.SENT})
"""Nothing has come in from the donor yet."""

APPLICATION_AT_DESK = frozenset({_A.RECEIVED, _A.REVIEWING, _A.INCOMPLETE})
"""It came in, and staff have something to do for it."""

APPLICATION_ACCEPTED = frozenset(
    {_A.ACCEPTED, _A.CHANGED, _A.NOTICE_MADE, _A.NOTICED, _A.NOTICE_RETURNED}
)
"""It was complete in time, so it belongs on the notice."""

APPLICATION_TO_NOTICE = frozenset({_A.ACCEPTED, _A.CHANGED})
"""No notice names it as it stands now."""


class ReceivedAs(TextChoices):
    """How an application came in (受け取り方)."""

    PAPER = "paper", "郵送"
    COUNTER = "counter", "窓口"
    ONLINE = "online", "オンライン"


class IdentityKind(TextChoices):
    """By which documents number and person were confirmed (本人確認の方法). Never the number.

    The split of B and C is not settled. Law: onestop_identity
    """

    CARD = "card", "A マイナンバーカード(表と裏)"
    PHOTO = "photo", "B 番号の書類と、写真つきの身分証1点"
    PAPERS = "papers", "C 番号の書類と、写真のない身分証2点"
    ELECTRONIC = "electronic", "電子署名(オンライン申請)"


class Missing(TextChoices):
    """What an application lacks (不備の内容)."""

    NUMBER_BLANK = "number_blank", "申請書に個人番号の記入がない"
    NUMBER_PAPER = "number_paper", "番号を確認できる書類の写しがない"
    PERSON_PAPER = "person_paper", "本人確認書類の写しがない"
    PAPER_OLD = "paper_old", "書類の有効期限が切れている"
    PAPER_UNREADABLE = "paper_unreadable", "写しが読み取れない"
    NAME_DIFFERS = "name_differs", "申請書と書類の氏名がちがう"
    ADDRESS_DIFFERS = "address_differs", "申請書と書類の住所がちがう"
    BOXES_BLANK = "boxes_blank", "申請書の確認欄にチェックがない"
    FORM_BLANK = "form_blank", "申請書に記入もれがある"


class VoidReason(TextChoices):
    """Why an application does not hold (無効の理由)."""

    RETURN_FILED = "return_filed", "確定申告(住民税の申告)をするため"
    TOO_MANY_TOWNS = "too_many_towns", "寄附先が6団体以上になったため"
    NOT_ELIGIBLE = "not_eligible", "申告特例の対象にならないため"
    LATE = "late", "期限を過ぎて届いたため"
    NOT_RECEIVED = "not_received", "期限までに届かなかったため"
    DONATION_REFUNDED = "donation_refunded", "寄附が取り消されたため"
    WISH_WITHDRAWN = "wish_withdrawn", "ご本人が希望を取り下げたため"
    MISTAKE = "mistake", "登録の誤りのため"


VOID_FOR_GOOD = frozenset({VoidReason.LATE, VoidReason.NOT_RECEIVED})
"""After these a donation gets no other application: its last day is over."""

VOID_OF_YEAR = frozenset(
    {
        VoidReason.RETURN_FILED,
        VoidReason.TOO_MANY_TOWNS,
        VoidReason.NOT_ELIGIBLE,
        VoidReason.WISH_WITHDRAWN,
    }
)
"""They concern every application of the donor's year, and end his wish for it."""


class WishOrigin(TextChoices):
    """Where the wish was stated (希望の受け方)."""

    JOINING = "joining", "入会のとき"
    PAGE = "page", "マイページ"
    STAFF = "staff", "職員が登録"


class ChangeState(TextChoices):
    """Where a report of a change (申告特例申請事項変更届出書, 55-6) stands.

    written: the donor filled it in on his page; the paper has not come yet.
    received: it came in; what it says counts.
    dropped: it never came, or was taken back; nothing changed by it.
    """

    WRITTEN = "written", "届出書を作成"
    RECEIVED = "received", "届出済み"
    DROPPED = "dropped", "取りやめ"


CHANGE_TRANSITIONS: dict[str, frozenset[str]] = {
    ChangeState.RECEIVED: frozenset({ChangeState.WRITTEN}),
    ChangeState.DROPPED: frozenset({ChangeState.WRITTEN}),
}


class NoticeState(TextChoices):
    """Where the notice (申告特例通知書) of one donor and year to his municipality stands.

    made: its record is made; it has not gone out.
    sent: it was sent.
    returned: that municipality sent it back; why, and what is done next, stands on it.
    resent: it was sent again.
    done: nothing more is to be done for it.
    replaced: a newer version stands in its place.
    """

    MADE = "made", "作成済み"
    SENT = "sent", "送付済み"
    RETURNED = "returned", "返戻"
    RESENT = "resent", "再送付済み"
    DONE = "done", "完了"
    REPLACED = "replaced", "作り直し"


_N = NoticeState
NOTICE_TRANSITIONS: dict[str, frozenset[str]] = {
    _N.SENT: frozenset({_N.MADE}),
    _N.RETURNED: frozenset({_N.SENT, _N.RESENT}),
    _N.RESENT: frozenset({_N.RETURNED}),
    _N.DONE: frozenset({_N.SENT, _N.RESENT, _N.RETURNED}),
    _N.REPLACED: frozenset({_N.MADE, _N.SENT, _N.RETURNED, _N.RESENT, _N.DONE}),
}


class ReturnReason(TextChoices):
    """Why a notice came back (返戻の理由)."""

    NOT_RESIDENT = "not_resident", "1月1日の住所がない"
    PERSON_UNKNOWN = "person_unknown", "該当者が見つからない"
    DETAILS_WRONG = "details_wrong", "記載に誤りがある"
    NOT_DELIVERED = "not_delivered", "届かなかった"
    OTHER = "other", "その他"


class ReturnStep(TextChoices):
    """What is done about a notice that came back (返戻後の対応)."""

    ASK_DONOR = "ask_donor", "ご本人に確認する"
    SEND_AGAIN = "send_again", "同じ内容で送り直す"
    CORRECT = "correct", "直して作り直す"
    GIVE_UP = "give_up", "送らずに終える"


class ImportState(TextChoices):
    """Where a file of results of online applications stands.

    previewed: it was read and shown; nothing was done.
    applying: a worker takes its results in, donor by donor.
    applied: everything that could be taken in was.
    dropped: it was put away without taking anything in.
    """

    PREVIEWED = "previewed", "確認待ち"
    APPLYING = "applying", "取り込み中"
    APPLIED = "applied", "取り込み済み"
    DROPPED = "dropped", "取りやめ"


IMPORT_TRANSITIONS: dict[str, frozenset[str]] = {
    ImportState.APPLYING: frozenset({ImportState.PREVIEWED}),
    ImportState.APPLIED: frozenset({ImportState.APPLYING}),
    ImportState.DROPPED: frozenset({ImportState.PREVIEWED}),
}


class OnlineOutcome(TextChoices):
    """What a service says of an online application (オンライン申請の結果)."""

    ACCEPTED = "accepted", "受付"
    REFUSED = "refused", "却下"


class OnlineIdentity(TextChoices):
    """How a service made sure who applied (オンライン申請の本人確認)."""

    SIGNATURE = "signature", "署名用電子証明書"
    CARD_READ = "card_read", "券面読取"
