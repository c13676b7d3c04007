"""What is done to one class from the server: its teacher, its roster, its export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shared import (
    CONFIG,
    CONFIG_ERROR,
    LOOK,
    OTHER_ERROR,
    AsJson,
    ClassName,
    Config,
    Secrets,
    Yes,
    answer,
    fail,
    guarded,
    progress,
    settings_of,
)
from classroom.events import Json


def teacher_set(
    classroom: ClassName,
    telegram: Annotated[str, typer.Option(help="The teacher's Telegram id, a number; /me shows it.")],
    config: Config = CONFIG,
    secrets: Secrets = None,
    as_json: AsJson = False,
) -> None:
    """Make somebody the head teacher of a class, e.g. when it has none left."""
    guarded(lambda: _teacher_set(classroom, telegram, config, secrets, as_json))


def _teacher_set(name: str, telegram: str, config: Path, secrets: Path | None, as_json: bool) -> None:
    from bot import classes  # noqa: PLC0415 - --help is quicker without the libraries

    found = classes.set_teacher(settings_of(config, secrets), name, telegram)
    lines = f"Telegram {telegram} is now the head teacher of {found}."
    answer({"classroom": found, "telegram": telegram, "head": True}, lines, as_json)


def roster_import(
    classroom: ClassName,
    file: Annotated[
        Path | None, typer.Argument(help="An .xlsx, .ods or .csv, or a OneRoster zip.", metavar="FILE")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", help="wecom: the school's address book, in the place of a file.", metavar="NAME"
        ),
    ] = None,
    department: Annotated[
        str,
        typer.Option(help="What the class is called in the address book, if not as here.", metavar="NAME"),
    ] = "",
    config: Config = CONFIG,
    secrets: Secrets = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and check, but change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a list of children into a class, as the chat does: good lines stand, nobody is deleted.

    Columns: name (姓名), student_id (学号), alias (别名), guardian (家长), relation (关系), phone (手机).
    With --from wecom parents are linked at once, and hear so from the running bot.
    Exit code 1 if some lines were refused, or somebody should be looked at.
    """
    if (file is None) == (source is None) or source not in (None, "wecom"):
        fail("give either a FILE or --from wecom", CONFIG_ERROR)
    if file is not None:
        guarded(lambda: _roster_import(file, classroom, config, secrets, dry_run, as_json))
    else:
        guarded(lambda: _from_school(classroom, department, config, secrets, dry_run, as_json))


def _from_school(
    name: str, department: str, config: Path, secrets: Path | None, dry_run: bool, as_json: bool
) -> None:
    from bot import school_import  # noqa: PLC0415 - --help is quicker without the libraries

    done = school_import.fill(settings_of(config, secrets), name, department, dry_run=dry_run)
    lines = [
        f"{done.classroom}, from {done.department}: {done.added} added, {done.updated} updated, "
        f"{done.unchanged} unchanged; {done.linked} parents linked"
        f"{' (a trial: nothing was changed)' if dry_run else ''}."
    ]
    answer(done.to_json(), "\n".join([*lines, *(f"  {one}" for one in done.look_at)]), as_json)
    if done.look_at:
        sys.exit(LOOK)


def _roster_import(
    file: Path, name: str, config: Path, secrets: Path | None, dry_run: bool, as_json: bool
) -> None:
    from bot import classes  # noqa: PLC0415

    done = classes.import_roster(settings_of(config, secrets), file, name, dry_run=dry_run)
    lines = [
        f"{done.classroom}: {done.added} added, {done.updated} updated, {done.unchanged} unchanged, "
        f"{len(done.refused)} refused{' (a trial: nothing was changed)' if dry_run else ''}."
    ]
    lines += [f"  line {line}: {reason}" for line, reason in done.refused]
    answer(done.to_json(), "\n".join(lines), as_json)
    if done.refused:
        sys.exit(LOOK)


def export(
    classroom: ClassName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write it.", metavar="FILE")
    ] = None,
    config: Config = CONFIG,
    secrets: Secrets = None,
    with_concerns: Annotated[
        bool,
        typer.Option("--with-concerns", help="Private criticism, drafts and removed texts as well."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything of one class into a zip: tables for people (CSV, roster.xlsx), JSON for machines.

    It is readable without the key. Private criticism stays out of it unless you ask.
    """
    guarded(lambda: _export(classroom, output, config, secrets, with_concerns, force, as_json))


def _export(
    name: str,
    output: Path | None,
    config: Path,
    secrets: Path | None,
    with_concerns: bool,
    force: bool,
    as_json: bool,
) -> None:
    from bot import exporting  # noqa: PLC0415

    with progress("Exporting", as_json) as begin:
        made = exporting.export(
            settings_of(config, secrets), name, output, begin, with_concerns=with_concerns, force=force
        )
    rows = sum(made.tables.values())
    inside = "private criticism included" if with_concerns else "private criticism left out (--with-concerns)"
    lines = (
        f"{made.path}: {rows} rows of {made.classroom}, {inside}.\n"
        "It is not sealed: hand it to the class's teacher only, and delete it afterwards."
    )
    answer(made.to_json(), lines, as_json)


def notice(
    file: Annotated[Path, typer.Argument(help="What to say: a text file.", metavar="FILE")],
    to: Annotated[
        list[str],
        typer.Option("--to", help="A class, by name or number; or all.", metavar="NAME"),
    ],
    config: Config = CONFIG,
    secrets: Secrets = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Tell the families and teachers of many classes something, each in private, while the bot runs.

    Shows the text and how many will read it, and asks. Quiet hours hold; nobody waits behind it.
    """
    guarded(lambda: _notice(file, to, config, secrets, yes, as_json))


def _notice(file: Path, to: list[str], config: Path, secrets: Path | None, yes: bool, as_json: bool) -> None:
    from bot import classes  # noqa: PLC0415 - --help is quicker without the libraries

    settings = settings_of(config, secrets)
    ready = classes.prepare_announcement(settings, file, to)
    where = "all classes" if ready.classes is None else ", ".join(ready.classes.values())
    if not ready.readers:
        fail(
            f"nobody in {where} can be reached: families link themselves to children first",
            OTHER_ERROR,
        )
    if not yes:
        typer.echo(f"{ready.words}\n", err=True)
        typer.confirm(f"Send this to {ready.readers} people of {where}?", abort=True, err=True)
    classes.send_announcement(settings, ready)
    said = f"Accepted: {ready.readers} people of {where} are told as fast as the platform permits."
    told: Json = None if ready.classes is None else [*ready.classes]
    answer({"readers": ready.readers, "classes": told}, said, as_json)
