"""The lookup of terms: FTS5 with triggers on SQLite, GIN over the split text on PostgreSQL."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE residents_findable_fts USING fts5(terms,"
    " content='residents_findable', content_rowid='resident_id', detail=none, columnsize=0,"
    " tokenize=\"unicode61 remove_diacritics 0 tokenchars '~@'\")",
    "CREATE TRIGGER residents_findable_put AFTER INSERT ON residents_findable BEGIN"
    " INSERT INTO residents_findable_fts(rowid, terms) VALUES (new.resident_id, new.terms); END",
    "CREATE TRIGGER residents_findable_drop AFTER DELETE ON residents_findable BEGIN"
    " INSERT INTO residents_findable_fts(residents_findable_fts, rowid, terms)"
    " VALUES ('delete', old.resident_id, old.terms); END",
    "CREATE TRIGGER residents_findable_change AFTER UPDATE OF terms ON residents_findable"
    " WHEN old.terms <> new.terms BEGIN"
    " INSERT INTO residents_findable_fts(residents_findable_fts, rowid, terms)"
    " VALUES ('delete', old.resident_id, old.terms);"
    " INSERT INTO residents_findable_fts(rowid, terms) VALUES (new.resident_id, new.terms); END",
)
POSTGRESQL = (
    # Splitting is declared dear, so that the planner looks terms up and never scans: it counts
    # string_to_array() as cheap as an addition, and with a LIMIT then walks the table, which took a
    # hundred times as long as the index.
    "CREATE FUNCTION residents_terms(terms text) RETURNS text[] AS $$"
    " BEGIN RETURN string_to_array(terms, ' '); END"
    " $$ LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000",
    "CREATE INDEX residents_findable_terms ON residents_findable USING gin (residents_terms(terms))",
    # How common each term is decides between walking the index and walking the register.
    "ALTER INDEX residents_findable_terms ALTER COLUMN 1 SET STATISTICS 1000",
)
BACK = {
    "sqlite": (
        "DROP TRIGGER residents_findable_put",
        "DROP TRIGGER residents_findable_drop",
        "DROP TRIGGER residents_findable_change",
        "DROP TABLE residents_findable_fts",
    ),
    "postgresql": (
        "DROP INDEX residents_findable_terms",
        "DROP FUNCTION residents_terms(text)",
    ),
}


def build(apps, schema_editor):
    """Build the lookup of the database in use."""
    vendor = schema_editor.connection.vendor
    for command in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[vendor]:
        schema_editor.execute(command)


def drop(apps, schema_editor):
    """Take it away again."""
    for command in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(command)


class Migration(migrations.Migration):

    dependencies = [("residents", "0001_initial")]

    operations = [migrations.RunPython(build, drop)]
