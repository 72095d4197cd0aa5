"""The tax office's files of a donor's year: signed XML, and for the town CSV of everybody's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from saleor_ext.flows.receipts import issue
from saleor_ext.membership import models as membership_models
from saleor_ext.membership import selectors as membership_selectors
from saleor_ext.receipts import errors, models, numbers, selectors
from saleor_ext.receipts.etax import (
    csv_files,
    elements,
    letters,
    signature,
    teg822,
    teg830,
    teg830_csv,
)


@dataclass(frozen=True, kw_only=True)
class TaxFile:
    """One file for e-Tax."""

    name: str
    content: bytes


def etax_name(*, donor_id: int, name: str) -> str:
    """This will return how a name is written for e-Tax: as the donor chose, else by the table.

    Law: receipt_letters

    Raises:
        SpellingMissing: it holds a letter for which nothing is known to write.
    """
    written = letters.etax_written(name)
    if written.text == name and written.is_whole:
        return name
    chosen = selectors.spelling_of(donor_id=donor_id, name=name)
    if chosen:
        return chosen
    if not written.is_whole:
        raise errors.SpellingMissing()
    return written.text


def teg822_files(
    *, receipts: Sequence[models.Receipt], year: int, today: date, now: datetime
) -> list[TaxFile]:
    """This will write and sign a donor's receipts of a year: one file for each name, and the next
    one after 100 donations.

    Raises:
        CertificateMissing: the town has no certificate that is valid now.
        SpellingMissing: a name cannot be written without the donor.
    """
    town = membership_selectors.municipality_get()
    signer = selectors.signer_of(municipality_id=town.pk, now=now)
    made: list[TaxFile] = []
    for name, group in _by_name(receipts).items():
        certificate = teg822.Certificate(
            id=f"{teg822.FORM}-{year}-{numbers.number_plain(group[0].number)}-{now:%Y%m%d%H%M%S}",
            donor_name=etax_name(donor_id=group[0].donor_id, name=name),
            lines=[_line(line) for receipt in group for line in receipt.lines.all()],
            town=_town(group[0].facts),
            made_on=today,
        )
        made += _signed(teg822.teg822_make(certificate), form=teg822.FORM, year=year, signer=signer)
    return _named(made)


def _by_name(receipts: Sequence[models.Receipt]) -> dict[str, list[models.Receipt]]:
    found: dict[str, list[models.Receipt]] = {}
    for receipt in receipts:
        found.setdefault(receipt.donor_name, []).append(receipt)
    return found


def _line(line: models.ReceiptLine) -> teg822.Line:
    return teg822.Line(
        number=numbers.number_plain(line.number),
        other_number=line.number,
        amount_yen=line.amount_yen,
        donated_on=line.donated_on,
    )


def _town(facts: dict[str, str]) -> teg822.Town:
    return teg822.Town(
        name=_written(facts["town_name"]),
        address=letters.address_written(_written(facts["town_address"])),
        proviso=_written(facts["proviso"]),
    )


def _written(text: str) -> str:
    return letters.etax_written(text).text


def _signed(
    made: Iterator[elements.Element], *, form: str, year: int, signer: signature.Signer
) -> list[TaxFile]:
    return [
        TaxFile(
            name=f"{form}-{year}",
            content=elements.document(signature.sign(root, signer=signer), form=form),
        )
        for root in made
    ]


def _named(files: Sequence[TaxFile]) -> list[TaxFile]:
    """One file keeps its plain name; of several each gets its number."""
    if len(files) == 1:
        return [TaxFile(name=f"{files[0].name}.xml", content=files[0].content)]
    return [
        TaxFile(name=f"{one.name}-{number}.xml", content=one.content)
        for number, one in enumerate(files, start=1)
    ]


def teg830_files(
    *, donor: membership_models.Donor, year: int, today: date, now: datetime
) -> list[TaxFile]:
    """This will write and sign the year's certificate of a designated operator.

    Law: receipt_designated_operator

    Raises:
        NotDesignated: the town has not said that it is one.
        CertificateMissing, SpellingMissing: it cannot be signed, or the name not written.
        ReceiptNotReady: nothing was given.
    """
    town = membership_selectors.municipality_get()
    settings = selectors.settings_of(municipality_id=town.pk)
    if not settings.is_designated_operator:
        raise errors.NotDesignated()
    signer = selectors.signer_of(municipality_id=town.pk, now=now)
    rows = issue.given_of(donor_id=donor.pk, year=year, settings=settings)
    if not rows:
        raise errors.ReceiptNotReady()
    made: list[TaxFile] = []
    for name in dict.fromkeys(one.donor_name for one in rows):
        own = [one for one in rows if one.donor_name == name]
        certificate = _teg830(own, donor=donor, year=year, town=town, settings=settings, on=today)
        made += _signed(teg830.teg830_make(certificate), form=teg830.FORM, year=year, signer=signer)
    return _named(made)


def _teg830(
    rows: Sequence[issue.Given],
    *,
    donor: membership_models.Donor,
    year: int,
    town: membership_models.Municipality,
    settings: models.ReceiptSettings,
    on: date,
) -> teg830.Certificate:
    address = letters.etax_written(rows[-1].donor_address)
    return teg830.Certificate(
        id=f"{teg830.FORM}-{year}-{donor.pk}-{numbers.number_plain(rows[0].number)}",
        year=year,
        donor_name=etax_name(donor_id=donor.pk, name=rows[0].donor_name),
        donor_id=str(donor.pk),
        donor_address=letters.address_written(address.text) if address.is_whole else "",
        lines=[
            teg830.Line(
                number=one.number,
                amount_yen=one.left_yen or one.amount_yen,
                donated_on=one.donated_on,
                is_cancelled=one.left_yen <= 0,
            )
            for one in rows
        ],
        operator=teg830.Operator(
            name=_written(settings.operator_name),
            corporate_number=settings.operator_corporate_number,
            town_name=_written(town.name),
            town_corporate_number=settings.town_corporate_number,
        ),
        made_on=on,
    )


@dataclass(kw_only=True)
class CsvWriter:
    """Writes receipts as records for the tax office's program, each donor's in one group.

    A receipt whose texts cannot be written is put into `left_out` with its number and the field,
    never half-written. Receipts must come with each donor's together.
    """

    left_out: list[tuple[str, str]] = field(default_factory=list)
    group: int = -1
    in_group: int = 0
    owner: tuple[int, str] | None = None

    def rows(self, receipt: models.Receipt) -> list[str]:
        """This will write one receipt, or nothing and say why.

        Law: receipt_csv
        """
        town = _town(receipt.facts)
        try:
            name = etax_name(donor_id=receipt.donor_id, name=receipt.donor_name)
            lines = [_line(line) for line in receipt.lines.all()]
            for line in lines:
                csv_files.row_text(csv_files.Row(group=0, donor_name=name, line=line), town=town)
        except csv_files.RowUnwritable as error:
            self.left_out.append((receipt.number, error.field))
            return []
        except errors.SpellingMissing:
            self.left_out.append((receipt.number, "donor_name"))
            return []
        return [self._row(receipt, line, name=name, town=town) for line in lines]

    def _row(
        self, receipt: models.Receipt, line: teg822.Line, *, name: str, town: teg822.Town
    ) -> str:
        owner = (receipt.donor_id, receipt.donor_name)
        if owner != self.owner or self.in_group == teg822.LINES_MOST:
            self.owner, self.group, self.in_group = owner, self.group + 1, 0
        self.in_group += 1
        return csv_files.row_text(
            csv_files.Row(group=self.group, donor_name=name, line=line), town=town
        )


@dataclass(kw_only=True)
class OperatorCsvWriter:
    """Writes the year's certificates of a designated operator as records, each donor's once.

    It is told receipts like `CsvWriter`, and writes what their donor gave in the whole year, what
    was cancelled included. A donor whose texts cannot be written is left out whole.

    Law: receipt_designated_operator
    """

    year: int
    town: membership_models.Municipality
    settings: models.ReceiptSettings
    made_on: date
    left_out: list[tuple[str, str]] = field(default_factory=list)
    group: int = 0
    trouble: dict[int, str] = field(default_factory=dict)

    def rows(self, receipt: models.Receipt) -> list[str]:
        """This will write a donor with his first receipt, and nothing with the others."""
        if receipt.donor_id not in self.trouble:
            made, self.trouble[receipt.donor_id] = self._donor(receipt.donor_id)
        else:
            made = []
        if self.trouble[receipt.donor_id]:
            self.left_out.append((receipt.number, self.trouble[receipt.donor_id]))
        return made

    def _donor(self, donor_id: int) -> tuple[list[str], str]:
        """The records, or the field that cannot be written."""
        donor = membership_models.Donor.objects.get(pk=donor_id)
        given = issue.given_of(donor_id=donor_id, year=self.year, settings=self.settings)
        group, texts = self.group, list[str]()
        try:
            for name in dict.fromkeys(one.donor_name for one in given):
                own = [one for one in given if one.donor_name == name]
                certificate = _teg830(
                    own,
                    donor=donor,
                    year=self.year,
                    town=self.town,
                    settings=self.settings,
                    on=self.made_on,
                )
                for held, text in teg830_csv.rows_text(certificate, first_group=group):
                    texts.append(text)
                    last = held
                group = last + 1
        except csv_files.RowUnwritable as error:
            return [], error.field
        except errors.SpellingMissing:
            return [], "donor_name"
        self.group = group
        return texts, ""
