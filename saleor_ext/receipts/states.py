"""States of receipts and of print jobs, and every legal move between them."""

from django.db.models import TextChoices


class ReceiptState(TextChoices):
    """Where one receipt (寄附金受領証明書) stands.

    issued: it holds; the donor may use it.
    withdrawn: it holds no longer, because money went back or something on it was corrected.
    """

    ISSUED = "issued", "発行済み"
    WITHDRAWN = "withdrawn", "取消済み"


RECEIPT_TRANSITIONS: dict[str, frozenset[str]] = {
    ReceiptState.WITHDRAWN: frozenset({ReceiptState.ISSUED}),
}


class PrintState(TextChoices):
    """Where one print job (まとめて作る仕事) stands.

    queued: asked for, no worker has begun.
    running: pages are being set; whatever is done stays done when a worker stops.
    finished: one file lies ready, for some days.
    failed: it could not be finished; staff see why, and may have it go on where it stopped.
    cleared: its file was deleted after its days.
    """

    QUEUED = "queued", "待っています"
    RUNNING = "running", "作っています"
    FINISHED = "finished", "できました"
    FAILED = "failed", "できませんでした"
    CLEARED = "cleared", "ファイルは消しました"


_P = PrintState
PRINT_TRANSITIONS: dict[str, frozenset[str]] = {
    _P.QUEUED: frozenset({_P.FAILED}),
    _P.RUNNING: frozenset({_P.QUEUED}),
    _P.FINISHED: frozenset({_P.RUNNING}),
    _P.FAILED: frozenset({_P.QUEUED, _P.RUNNING}),
    _P.CLEARED: frozenset({_P.FINISHED}),
}

PRINT_OPEN = frozenset({_P.QUEUED, _P.RUNNING})
"""Print jobs that a worker has still something to do for."""


class PrintKind(TextChoices):
    """What a print job makes (作るもの)."""

    PAPER = "paper", "印刷用のPDF"
    CSV = "csv", "e-Tax用のCSV"


class Grouping(TextChoices):
    """How receipts are issued (証明書の単位)."""

    DONATION = "donation", "寄附ごとに1枚"
    YEAR = "year", "1年分をまとめて1枚"


class HandedAs(TextChoices):
    """In which form the original was handed to the donor (渡し方)."""

    NOT_YET = "not_yet", "まだ渡していない"
    ELECTRONIC = "electronic", "電子"
    PAPER = "paper", "紙"


class ReceiptEventKind(TextChoices):
    """What happened to a receipt (証明書の記録)."""

    ISSUED = "issued", "発行"
    FETCHED = "fetched", "ご本人が取り出した"
    LOOKED = "looked", "職員が開いた"
    PRINTED = "printed", "印刷"
    REISSUED = "reissued", "再発行"
    EXPORTED = "exported", "電子データにした"
    WITHDRAWN = "withdrawn", "取消"


class PartKind(TextChoices):
    """What a stored part of a print job is (印刷の部分)."""

    BATCH = "batch", "何枚分かのPDF"
    FILE = "file", "できたファイルの一部"
