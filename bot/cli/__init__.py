"""The front door: `homeroom …`, one file for each group of commands; put together here and nowhere else."""

from __future__ import annotations

import typer

from bot.cli import classes, health, keeping, keys, playground, settings, starting
from bot.cli.shared import EXIT_CODES, example

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{EXIT_CODES}\n\nExample: homeroom init && homeroom doctor && homeroom run",
    help="Homeroom (班务助手): keeps a class group in order, praises in public, criticises in private only.",
)
cli.callback()(starting.front)

cli.command(epilog=example("homeroom demo --language zh_CN"))(playground.demo)
cli.command(epilog=example("homeroom init --token-file token.txt --database homeroom.db"))(settings.init)
cli.command(epilog=example("homeroom doctor --config config.toml"))(health.doctor)
cli.command(epilog=example("homeroom run --config config.toml"))(starting.run)
cli.command(epilog=example("homeroom health --config config.toml"))(health.health)

cli.command(epilog=example("homeroom backup homeroom-backup.zip"))(keeping.backup)
cli.command(epilog=example("homeroom restore homeroom-backup.zip --config config.toml"))(keeping.restore)
cli.command(epilog=example('homeroom export --classroom "三年级2班" --output class.zip'))(classes.export)

cli.command(epilog=example("homeroom notice snow.txt --to all"))(classes.notice)

migrate = typer.Typer(
    no_args_is_help=True,
    help="Move everything to another kind of database.",
    epilog=example("homeroom migrate sqlite-to-postgres --help"),
)
migrate.command(
    "sqlite-to-postgres",
    epilog=example(
        "homeroom migrate sqlite-to-postgres --to postgresql://homeroom:password@localhost/homeroom"
    ),
)(keeping.sqlite_to_postgres)
cli.add_typer(migrate, name="migrate")

key = typer.Typer(
    no_args_is_help=True,
    help="The key with which everything personal is sealed.",
    epilog=example("homeroom key rotate --help"),
)
key.command("rotate", epilog=example("homeroom key rotate --config config.toml"))(keys.rotate)
cli.add_typer(key, name="key")

roster = typer.Typer(
    no_args_is_help=True,
    help="The children of a class, from a spreadsheet.",
    epilog=example("homeroom roster import --help"),
)
roster.command(
    "import", epilog=example('homeroom roster import roster.xlsx --classroom "三年级2班" --dry-run')
)(classes.roster_import)
cli.add_typer(roster, name="roster")

teacher = typer.Typer(
    no_args_is_help=True,
    help="Who teaches a class, set from the server.",
    epilog=example("homeroom teacher set --help"),
)
teacher.command("set", epilog=example('homeroom teacher set --classroom "三年级2班" --telegram 12345678'))(
    classes.teacher_set
)
cli.add_typer(teacher, name="teacher")


def main() -> None:
    """The entry point named in pyproject.toml."""
    cli()
