"""The CSV records from which the tax office's program makes TEG830 certificates.

Twenty-five columns, otherwise as in `csv_files`. Only a designated operator may issue them.
"""

from collections.abc import Iterator

from saleor_ext.receipts.etax import csv_files, elements, teg830

COLUMNS = 25
NAME_MOST, ADDRESS_MOST, ID_MOST, BODY_MOST = 100, 100, 20, 20
AMOUNT_MOST_YEN = 9_999_999_999_999


def rows_text(certificate: teg830.Certificate, *, first_group: int) -> Iterator[tuple[int, str]]:
    """This will write a donor's year as records without line ends, each with its group.

    A certificate holds at most 1,010 donations; what is more goes into the next group.

    Law: receipt_designated_operator, receipt_csv

    Raises:
        RowUnwritable: a text cannot be written, or an amount is too long.
    """
    most = teg830.LINES_MOST
    for place, first in enumerate(range(0, len(certificate.lines), most)):
        lines = certificate.lines[first : first + most]
        total = sum(line.amount_yen for line in lines if not line.is_cancelled)
        head = _head(certificate, group=first_group + place, total_yen=total)
        for line in lines:
            yield first_group + place, ",".join([*head, *_line(line, certificate.operator)])


def _head(certificate: teg830.Certificate, *, group: int, total_yen: int) -> list[str]:
    """Columns 1 to 16: whose certificate, who issues it, when, for which year, how much in all."""
    operator = certificate.operator
    return [
        teg830.FORM,
        csv_files.group_code(group),
        csv_files.field_text("donor_name", certificate.donor_name, most=NAME_MOST),
        _optional("donor_address", certificate.donor_address, most=ADDRESS_MOST),
        _optional("donor_id", certificate.donor_id, most=ID_MOST),
        csv_files.field_text("operator_name", operator.name, most=BODY_MOST),
        operator.corporate_number,
        str(elements.ERA_REIWA),
        str(elements.reiwa_year(certificate.made_on.year)),
        str(certificate.made_on.month),
        str(certificate.made_on.day),
        str(elements.ERA_REIWA),
        str(elements.reiwa_year(certificate.year)),
        elements.KIND_MUNICIPALITY,
        "",
        _amount(total_yen),
    ]


def _line(line: teg830.Line, operator: teg830.Operator) -> list[str]:
    """Columns 17 to 25: one donation."""
    on = line.donated_on
    return [
        line.number,
        str(on.year),
        str(on.month),
        str(on.day),
        csv_files.field_text("town_name", operator.town_name, most=BODY_MOST),
        operator.town_corporate_number,
        _amount(line.amount_yen),
        "",
        "1" if line.is_cancelled else "0",
    ]


def _optional(field: str, value: str, *, most: int) -> str:
    return csv_files.field_text(field, value, most=most) if value else ""


def _amount(yen: int) -> str:
    if yen > AMOUNT_MOST_YEN:
        raise csv_files.RowUnwritable("amount")
    return str(yen)
