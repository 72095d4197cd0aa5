"""Japan Post (日本郵便): numbers and links."""

from saleor_ext.contracts import check_digit

S10_LENGTH = 13
DOMESTIC_LENGTHS = (11, 12)
TRACKING_PAGE = "https://trackings.post.japanpost.jp/services/srv/search/direct"


class JapanPost:
    """日本郵便.

    ゆうパック numbers have 12 digits, those of registered mail (書留など) 11; both end with the
    remainder by 7. Numbers that begin with a letter are international: 13 characters, S10.
    """

    code = "japanpost"
    label = "日本郵便"

    def tracking_number_clean(self, text: str) -> str:
        """This will normalise a typed number and verify it.

        Raises:
            ValueError: `args[0]` is "length", "character" or "check_digit".
        """
        number = check_digit.number_tidy(text)
        if number[:1].isalpha():
            return _international_verify(number)
        return check_digit.seven_dr_clean(number, lengths=DOMESTIC_LENGTHS)

    def tracking_url(self, number: str) -> str:
        """This will return Japan Post's public page for this number."""
        return f"{TRACKING_PAGE}?searchKind=S002&locale=ja&reqCodeNo1={number}"


def _international_verify(number: str) -> str:
    if not (number.isascii() and number.isalnum()):
        raise ValueError("character")
    if len(number) != S10_LENGTH:
        raise ValueError("length")
    if not check_digit.S10_PATTERN.fullmatch(number):
        raise ValueError("character")
    if not check_digit.s10_is_valid(number):
        raise ValueError("check_digit")
    return number
