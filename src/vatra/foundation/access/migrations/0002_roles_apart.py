"""The database itself refuses to give one person two roles that may not go together, whoever asks.

Grants that run out by themselves are left to the command; what holds until it is ended is kept apart here.
"""

from django.db import migrations

CLASH = """
    SELECT 1 FROM access_rolegrant AS other
    JOIN access_role AS held ON held.code = other.role_id
    JOIN access_role AS wanted ON wanted.code = NEW.role_id
    WHERE other.user_id = NEW.user_id AND other.valid_until IS NULL AND {not_itself} AND ({named})
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
SQLITE = {
    name: f"""
    CREATE TRIGGER {name} BEFORE {when} ON access_rolegrant
    WHEN NEW.valid_until IS NULL AND EXISTS ({IN_SQLITE})
    BEGIN SELECT RAISE(ABORT, 'these roles may not go together'); END"""
    for name, when in (("access_roles_apart", "INSERT"), ("access_roles_stay_apart", "UPDATE"))
}
# The user's row is locked first: two grants at the same moment see each other.
POSTGRESQL = f"""
    CREATE FUNCTION access_roles_apart() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM access_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
        IF NEW.valid_until IS NULL AND EXISTS ({IN_POSTGRESQL}) THEN
            RAISE EXCEPTION 'these roles may not go together' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER access_roles_apart BEFORE INSERT OR UPDATE ON access_rolegrant
    FOR EACH ROW EXECUTE FUNCTION access_roles_apart();
"""


def guard(apps, editor):
    statements = [POSTGRESQL] if editor.connection.vendor == "postgresql" else list(SQLITE.values())
    for statement in statements:
        editor.execute(statement, params=None)


def unguard(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER access_roles_apart ON access_rolegrant")
        editor.execute("DROP FUNCTION access_roles_apart()")
        return
    for name in SQLITE:
        editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
