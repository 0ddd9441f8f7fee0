"""Roles that may not go together are kept apart for every moment, also where a grant runs out by itself.

Until now only grants without an end were compared: a payments officer until the summer could have been made the holder
of the budget as well. Grants that lie together already stay as they are; they cannot be changed without being parted.
"""

from importlib import import_module

from django.db import migrations

before = import_module("vatra.foundation.access.migrations.0002_roles_apart")

CLASH = """
    SELECT 1 FROM access_rolegrant AS other
    JOIN access_role AS held ON held.code = other.role_id
    JOIN access_role AS wanted ON wanted.code = NEW.role_id
    WHERE other.user_id = NEW.user_id AND {not_itself}
        AND (NEW.valid_until IS NULL OR NEW.valid_until > NEW.valid_from AND NEW.valid_until > other.valid_from)
        AND (other.valid_until IS NULL
            OR other.valid_until > other.valid_from AND other.valid_until > NEW.valid_from)
        AND ({named})
"""
IN_SQLITE = CLASH.format(
    not_itself="other.id IS NOT NEW.id",
    named="""EXISTS (SELECT 1 FROM json_each(wanted.incompatible_with) AS name WHERE name.value = held.code)
        OR EXISTS (SELECT 1 FROM json_each(held.incompatible_with) AS name WHERE name.value = wanted.code)""",
)
IN_POSTGRESQL = CLASH.format(
    not_itself="other.id IS DISTINCT FROM NEW.id",
    named="jsonb_exists(wanted.incompatible_with, held.code) OR jsonb_exists(held.incompatible_with, wanted.code)",
)
SQLITE = [
    f"""
    CREATE TRIGGER {name} BEFORE {when} ON access_rolegrant WHEN EXISTS ({IN_SQLITE})
    BEGIN SELECT RAISE(ABORT, 'these roles may not go together'); END"""
    for name, when in (("access_roles_apart", "INSERT"), ("access_roles_stay_apart", "UPDATE"))
]
# The user's row is locked first: two grants at the same moment see each other.
POSTGRESQL = f"""
    CREATE FUNCTION access_roles_apart() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM access_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
        IF EXISTS ({IN_POSTGRESQL}) THEN
            RAISE EXCEPTION 'these roles may not go together' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER access_roles_apart BEFORE INSERT OR UPDATE ON access_rolegrant
    FOR EACH ROW EXECUTE FUNCTION access_roles_apart();
"""


def guard(apps, editor):
    before.unguard(apps, editor)
    statements = [POSTGRESQL] if editor.connection.vendor == "postgresql" else SQLITE
    for statement in statements:
        editor.execute(statement, params=None)


def unguard(apps, editor):
    before.unguard(apps, editor)
    before.guard(apps, editor)


class Migration(migrations.Migration):
    dependencies = [("access", "0002_roles_apart")]
    operations = [migrations.RunPython(guard, unguard)]
