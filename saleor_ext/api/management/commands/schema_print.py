"""Writes the GraphQL schema to schema.graphql, or says whether that file is up to date."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

SNAPSHOT = Path(__file__).resolve().parents[2] / "schema.graphql"


class Command(BaseCommand):
    """The schema as a file."""

    help = "Writes the GraphQL schema to saleor_ext/api/schema.graphql."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """This will add the option."""
        parser.add_argument(
            "--check", action="store_true", help="only compare; exit 1 when it is out of date"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """This will write the file, or compare it."""
        from saleor_ext.api.schema import schema

        text = f"{schema}\n"
        if not options["check"]:
            SNAPSHOT.write_text(text, encoding="utf-8")
            return
        if not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != text:
            raise CommandError("schema.graphql is out of date: run manage.py schema_print")
