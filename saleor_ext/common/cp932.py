"""Shift_JIS as Windows writes it (code page 932), where Python and Windows differ.

Unicode has two letters where the code has one, and the code has some letters twice (NEC's and
IBM's 髙); Windows writes IBM's.
"""

import functools
from collections.abc import Mapping

ENCODING = "cp932"

# Unicode has two letters where code page 932 has one; Python knows the other one.
SAME_LETTERS: Mapping[int, str] = str.maketrans(
    {"〜": "～", "−": "－", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢", "—": "―"}
)


def encode(text: str) -> bytes:
    """This will write a text as Windows does.

    Raises:
        UnicodeEncodeError: it holds a letter that the code has not.
    """
    plain = text.translate(SAME_LETTERS)
    return b"".join(_ibm_letters().get(letter) or letter.encode(ENCODING) for letter in plain)


@functools.cache
def _ibm_letters() -> Mapping[str, bytes]:
    codes = (bytes((lead, trail)) for lead in (0xFA, 0xFB, 0xFC) for trail in range(0x40, 0xFD))
    found = {code.decode(ENCODING, "ignore"): code for code in codes}
    return {letter: code for letter, code in found.items() if _is_nec_selected(letter)}


def _is_nec_selected(letter: str) -> bool:
    return len(letter) == 1 and letter.encode(ENCODING)[0] in (0xED, 0xEE)
