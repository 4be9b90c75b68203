"""On PostgreSQL, splitting terms is declared dear, so that the planner looks them up and never scans.

string_to_array() counts as cheap as an addition; with a LIMIT the planner then walks the table, which
took a hundred times as long as the index.
"""

from django.db import migrations

FORWARD = (
    "CREATE FUNCTION residents_terms(terms text) RETURNS text[] AS $$"
    " BEGIN RETURN string_to_array(terms, ' '); END"
    " $$ LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000",
    "DROP INDEX residents_findable_terms",
    "CREATE INDEX residents_findable_terms ON residents_findable USING gin (residents_terms(terms))",
    "ALTER INDEX residents_findable_terms ALTER COLUMN 1 SET STATISTICS 1000",
)
BACK = (
    "DROP INDEX residents_findable_terms",
    "DROP FUNCTION residents_terms(text)",
    "CREATE INDEX residents_findable_terms ON residents_findable"
    " USING gin (string_to_array(terms, ' '))",
)


def run(commands):
    """The commands on PostgreSQL, nothing on SQLite."""

    def execute(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for command in commands:
                schema_editor.execute(command)

    return execute


class Migration(migrations.Migration):

    dependencies = [
        ("residents", "0003_organisations_stand_alone"),
    ]

    operations = [migrations.RunPython(run(FORWARD), run(BACK))]
