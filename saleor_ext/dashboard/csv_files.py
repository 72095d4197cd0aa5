"""CSV files to keep, streamed to the browser."""

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse

from saleor_ext.common import csv_text


def download(
    *, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """This will answer with a CSV file to keep. `name` is ASCII, without its ending."""
    response = StreamingHttpResponse(
        csv_text.lines(header=header, rows=rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
