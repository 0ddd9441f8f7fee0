"""`vatra manage …`: Django's own commands, for administrators and developers."""

import click


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.pass_context
def manage(ctx: click.Context) -> None:
    """Run one of Django's own commands."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["vatra manage", *ctx.args])
