"""Names of people as they write them: widths are folded, the shape of a letter never is."""

import re
import unicodedata

# Letters of their own in names, which Unicode's folding would exchange for the common ones.
_SHAPES = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")


def name_fold(text: str) -> str:
    """This will fold widths and put one space where there were several, keeping letters' shapes."""
    folded = "".join(
        part if _SHAPES.fullmatch(part) else unicodedata.normalize("NFKC", part)
        for part in _SHAPES.split(text)
    )
    return " ".join(folded.split())


_ORGANISATIONS = ("会社", "法人", "組合", "協会", "商店街", "(株)", "(有)", "(合)")


def is_organisation(name: str) -> bool:
    """This will say whether a name is certainly that of an organisation, which cannot be a donor.

    Law: payer_is_donor
    """
    plain = unicodedata.normalize("NFKC", name)
    return any(word in plain for word in _ORGANISATIONS)
