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
