"""The tax office's schemas where they are, and a key of the test run's own."""

import pytest

from tests.builders import receipts
from tests.tools import etax_schema


@pytest.fixture(scope="session")
def schemas(tmp_path_factory):
    source = etax_schema.folder()
    if source is None:
        pytest.skip("the tax office's schemas are not here; name their folder with ETAX_XSD")
    return etax_schema.schemas(source, tmp_path_factory.mktemp("etax"))


@pytest.fixture(scope="session")
def signer():
    return receipts.signer_make()
