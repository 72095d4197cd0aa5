"""What a code becomes for a reader: two sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """What happened, and what the reader can do next."""

    happened: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.happened}{self.next_step}"


ASK_TOWN = "ご不明なときは、町の窓口(ページの下にあります)へご連絡ください。"
NO_MONEY = "ご寄附はまだ行われていません。"
OTHER_CARD = f"{NO_MONEY}別のカードをお試しください。"
ASK_BANK = (
    f"{NO_MONEY}カード裏面の電話番号からカード会社へお問い合わせいただくか、"
    "別のカードをお試しください。"
)
CHECK_INPUT = f"{NO_MONEY}カードの表示をご覧になりながら、もう一度ご入力ください。"
TRY_LATER = f"{NO_MONEY}しばらく待ってから、もう一度お試しください。"
