"""The database itself refuses to change or remove an entry, whoever asks."""

from django.db import migrations

SQLITE = {
    "ledger_entry_unchanged": """
        CREATE TRIGGER ledger_entry_unchanged BEFORE UPDATE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END""",
    "ledger_entry_kept": """
        CREATE TRIGGER ledger_entry_kept BEFORE DELETE ON ledger_entry
        BEGIN SELECT RAISE(ABORT, 'an entry is never removed'); END""",
}
POSTGRESQL = """
    CREATE FUNCTION ledger_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an entry is never changed or removed' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_kept();
"""


def guard(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL, params=None)
        return
    for statement in SQLITE.values():
        editor.execute(statement)


def unguard(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER ledger_entry_kept ON ledger_entry")
        editor.execute("DROP FUNCTION ledger_entry_kept()")
        return
    for name in SQLITE:
        editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
