"""The tax office's published schemas, made usable for checking our files.

They are not part of the project: ETAX_XSD names the folder, or it lies beside the project in
shared/data/etax. Four files that they include are not published beside them. What is stubbed:

- zeimusho.xsd, zeimoku.xsd, ITreference.xsd: only the two types that General.xsd extends, empty;
  no certificate of ours uses them.
- XMLDSIG050.xsd: W3C's own schema of XML signatures stands in for it, unabridged.
"""

import os
from importlib import resources
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ROOT.parent / "shared" / "data" / "etax"
GENERAL = "http://xml.e-tax.nta.go.jp/XSD/general"
STUBS = {
    "zeimusho.xsd": '<xsd:complexType name="zeimushoType"/>',
    "zeimoku.xsd": '<xsd:complexType name="zeimokuType"/>',
    "ITreference.xsd": "",
}
FORMS = ("TEG822", "TEG830")


def folder() -> Path | None:
    """This will find the schemas, None where they are not."""
    path = Path(os.environ.get("ETAX_XSD") or BESIDE)
    return path if (path / "General.xsd").is_file() else None


def schemas(source: Path, work: Path) -> dict[str, etree.XMLSchema]:
    """This will lay the schemas out as they refer to each other, and read those of our forms."""
    general, kyotsu = work / "general", work / "kyotsu"
    general.mkdir()
    kyotsu.mkdir()
    (general / "General.xsd").write_bytes((source / "General.xsd").read_bytes())
    for name, content in STUBS.items():
        (general / name).write_text(
            f'<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="{GENERAL}" '
            f'targetNamespace="{GENERAL}" elementFormDefault="qualified">{content}</xsd:schema>',
            encoding="utf-8",
        )
    dsig = resources.files("signxml") / "schemas" / "xmldsig-core-schema.xsd"
    (general / "XMLDSIG050.xsd").write_bytes(dsig.read_bytes())
    found = {}
    for form in FORMS:
        path = kyotsu / f"{form}-001.xsd"
        path.write_bytes((source / path.name).read_bytes())
        found[form] = etree.XMLSchema(etree.parse(path))
    return found
