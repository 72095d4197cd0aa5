"""Yamato Transport (ヤマト運輸): numbers and links."""

from saleor_ext.contracts import check_digit


class Yamato:
    """ヤマト運輸. A number has 12 digits; the last is the remainder by 7 of the first 11."""

    code = "yamato"
    label = "ヤマト運輸"

    def tracking_number_clean(self, text: str) -> str:
        """This will normalise a typed number and verify it.

        Raises:
            ValueError: `args[0]` is "length", "character" or "check_digit".
        """
        return check_digit.seven_dr_clean(text)

    def tracking_url(self, number: str) -> str:
        """This will return Yamato's public page for this number."""
        return f"https://member.kms.kuronekoyamato.co.jp/parcel/detail?pno={number}"
