"""Rules of the house that no linter knows, checked over the product's own source."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import Module, parse, product, repository

Found = Iterator[tuple[int, str]]
Check = Callable[[Module], Found]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

MAY_CATCH_BROADLY = ("bot/dispatch.py", "bot/delivery.py", "classroom/sheets/files.py")
BROAD = {"Exception", "BaseException"}
RECORDS = re.compile(r"record|log|exception|error|warning|fail", re.IGNORECASE)
PUBLIC_HOSTS = {"pypi.org", "files.pythonhosted.org", "registry.npmjs.org"}

UNTYPED = re.compile(r"#\s*(type:\s*ignore|mypy:|pyright:)")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~*-])/(?:work|root|home/\w+)(?![\w-])(?!/\*)")
PACKAGE_SOURCE = re.compile(
    r"""(?:index-url|find-links|trusted-host|registry|resolved|\burl)["']?(?:\s*[=:]\s*|\s+)["']?"""
    r"""(?:\w+://)?([\w./-]+)"""
)


def loose_types(module: Module) -> Found:
    """Find `Any`, `cast` and silenced type errors; only a platform's folder may have them."""
    if module.in_platform_folder:
        return
    typing = {"typing", "typing_extensions"}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module in typing:
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in {"Any", "cast"})
        elif isinstance(node, ast.Attribute) and node.attr in {"Any", "cast"}:
            if isinstance(node.value, ast.Name) and node.value.id in typing:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Import):
            yield from (
                (node.lineno, f"{a.name} as {a.asname}") for a in node.names if a.name in typing and a.asname
            )
    for line, comment in comments(module):
        if UNTYPED.search(comment):
            yield line, comment


def comments(module: Module) -> Found:
    """Read the comments, which a syntax tree leaves out."""
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def missing_docstrings(module: Module) -> Found:
    """Find what is public and does not say why it exists; an empty package has nothing to say."""
    if module.tree.body and not ast.get_docstring(module.tree):
        yield 1, module.path
    for node in public(module.tree.body):
        if not ast.get_docstring(node):
            yield node.lineno, node.name


def public(body: list[ast.stmt]) -> Iterator[Definition]:
    """List public definitions and the methods of public classes; overloads and overrides speak elsewhere."""
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_") and not told_elsewhere(node):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def told_elsewhere(node: Definition) -> bool:
    """Tell whether the docstring is another definition's business."""
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"overload", "override", "setter", "deleter"})


def prints(module: Module) -> Found:
    """Find `print`: what a person reads goes through the console, what a machine reads through the log."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"print", "pprint"}
        ):
            yield node.lineno, node.func.id


def broad_excepts(module: Module) -> Found:
    """Find what catches everything; dispatch and delivery may, if they record it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or names(node.type) & BROAD):
            if module.path not in MAY_CATCH_BROADLY:
                yield node.lineno, "broad except"
            elif not any(RECORDS.search(ast.unparse(call.func)) for call in calls(node)):
                yield node.lineno, "broad except that records nothing"
        elif isinstance(node, ast.Call) and "suppress" in names(node.func) and catches_all(node.args):
            yield node.lineno, "broad suppress"


def catches_all(exceptions: list[ast.expr]) -> bool:
    """Tell whether one of the exceptions stands for all."""
    return any(names(exception) & BROAD for exception in exceptions)


def names(expression: ast.expr) -> set[str]:
    """List the names in an expression, without what they hang on."""
    nodes = list(ast.walk(expression))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


def calls(handler: ast.ExceptHandler) -> Iterator[ast.Call]:
    """List the calls in the body of a handler."""
    return (node for part in handler.body for node in ast.walk(part) if isinstance(node, ast.Call))


def unfinished(module: Module) -> Found:
    """Find notes to oneself: what is open belongs in an issue."""
    for number, line in enumerate(module.text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, line.strip()


CHECKS: tuple[Check, ...] = (loose_types, missing_docstrings, prints, broad_excepts, unfinished)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_product_keeps_the_rules_of_the_house(check: Check) -> None:
    assert [f"{module.path}:{line}: {what}" for module in product() for line, what in check(module)] == []


def workplace(path: str, text: str) -> Found:
    """Find what belongs to one machine: its paths, and package indexes that are not the public ones."""
    locked = path.endswith((".lock", "lock.json"))
    for number, line in enumerate(text.splitlines(), 1):
        if found := MACHINE_PATH.search(line):
            yield number, found[0]
        for source in PACKAGE_SOURCE.finditer(line):
            host = source[1].partition("/")[0]
            option = source[0].startswith(("index", "find", "trusted"))
            if (locked or option) and host not in PUBLIC_HOSTS:
                yield number, source[0]


def test_the_repository_names_no_workplace() -> None:
    ours = {path: text for path, text in repository().items() if path != "tests/architecture/test_house.py"}
    assert [
        f"{path}:{line}: {what}" for path, text in ours.items() for line, what in workplace(path, text)
    ] == []


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (loose_types, "bot/app.py", "from typing import Any"),
        (loose_types, "bot/app.py", "import typing\nx: typing.Any"),
        (loose_types, "bot/app.py", "import typing as t"),
        (loose_types, "bot/platforms/one.py", "from typing import cast"),
        (loose_types, "bot/app.py", "x = 1  # type: ignore[misc]"),
        (missing_docstrings, "bot/app.py", "x = 1"),
        (missing_docstrings, "bot/app.py", "'Why.'\ndef f(): ..."),
        (missing_docstrings, "bot/app.py", "'Why.'\nclass A:\n  'Why.'\n  async def f(self): ..."),
        (prints, "bot/cli.py", "print()"),
        (broad_excepts, "bot/app.py", "try: f()\nexcept Exception: log.exception('f')"),
        (broad_excepts, "bot/app.py", "try: f()\nexcept (ValueError, BaseException): raise"),
        (broad_excepts, "bot/app.py", "try: f()\nexcept: g()"),
        (broad_excepts, "bot/delivery.py", "try: f()\nexcept Exception: pass"),
        (broad_excepts, "bot/dispatch.py", "with contextlib.suppress(Exception): f()"),
        (unfinished, "bot/app.py", "# TODO: later"),
    ],
)
def test_a_check_finds(check: Check, path: str, text: str) -> None:
    assert list(check(parse(path, text)))


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (loose_types, "bot/platforms/wecom/client.py", "from typing import Any\nx = 1  # type: ignore[misc]"),
        (loose_types, "storage/queue.py", "from sqlalchemy import cast\nx = '# type: ignore'"),
        (missing_docstrings, "bot/__init__.py", ""),
        (missing_docstrings, "bot/app.py", "'Why.'\ndef _f(): ...\n@t.override\ndef g(): ..."),
        (prints, "bot/cli.py", "console.print()"),
        (broad_excepts, "bot/delivery.py", "try: f()\nexcept Exception as e: outcome.record(e)"),
        (broad_excepts, "bot/app.py", "try: f()\nexcept OSError: g()"),
        (unfinished, "bot/app.py", "todo = 1"),
    ],
)
def test_a_check_passes(check: Check, path: str, text: str) -> None:
    assert not list(check(parse(path, text)))


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("README.md", "cd /work/main", True),
        ("README.md", "look in /root or /home/anna", True),
        ("README.md", "see https://example.org/work and ./work/x and /workshop and docs/home/page", False),
        ("Makefile", "pip install --index-url https://mirror.example/simple", True),
        ("Makefile", "pip install --find-links=/opt/wheels", True),
        ("README.md", "pip install --index-url https://pypi.org/simple", False),
        ("uv.lock", 'source = { registry = "https://mirror.example/simple" }', True),
        ("uv.lock", 'sdist = { url = "https://files.pythonhosted.org/packages/x.tar.gz" }', False),
        ("config.example.toml", 'url = "https://class.example"', False),
    ],
)
def test_a_workplace_is_recognised(path: str, text: str, found: bool) -> None:
    assert bool(list(workplace(path, text))) is found
