"""The database's migrations say what the models say."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation


def test_no_change_of_a_model_is_without_its_migration():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps=set(), dry_run=True),
    )

    # Migrations are written without translating labels, so they are compared in the same way.
    with translation.override(None):
        changes = detector.changes(graph=loader.graph)

    assert {label: [str(m.operations) for m in found] for label, found in changes.items()} == {}


def test_no_two_migrations_of_an_app_claim_to_be_the_last():
    assert MigrationLoader(None, ignore_no_migrations=True).detect_conflicts() == {}
