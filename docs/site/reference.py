"""The reference pages of the documentation, generated from the code that they describe.

`pages()` maps the path of each page, from the site's root, to its Markdown. They are in the
repository too, so that links to them lead somewhere without a build; a test keeps them current:

    python docs/site/reference.py
"""

import difflib
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import typer

import curator
from curator.base import errors
from curator.base.errors import CuratorError
from curator.cli.app import app
from curator.cli.schemas import MODELS
from curator.filters.base import COMMON_REASONS
from curator.filters.registry import FILTERS
from curator.generate.strategies.registry import NAMES as STRATEGIES
from curator.generate.strategies.registry import strategy_type

RECORDS = ("example", "provenance", "verdict", "review")
WIDTH = 80
GENERATED = "<!-- Generated from the code by docs/site/reference.py. -->\n\n"


def pages() -> dict[str, str]:
    """Generate every page of the reference."""
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "commands": commands,
        "recipes": recipes,
        "filters": filters,
        "records": records,
        "exit-codes": exit_codes,
        "python": python,
    }
    return {f"reference/{name}.md": GENERATED + "\n".join(make()) for name, make in makers.items()}


# Commands


def commands() -> Iterator[str]:
    """Describe each command by its own help text."""
    yield "# Commands\n"
    yield "What `curator COMMAND --help` says. `--project` and `--json` go with every command.\n"
    for path, command in leaves(typer.main.get_command(app), ()):
        yield f"## curator {' '.join(path)}\n"
        yield f"{inspect.cleandoc(command.help or '')}\n"
        name = f"curator {' '.join(path)}"
        context = click.Context(command, info_name=name, terminal_width=WIDTH)
        usage = command.get_usage(context).removeprefix("Usage: ")
        yield f"```text\n{usage}\n```\n"
        yield from options(command)


def leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """List the commands below a group, each with the words that call it."""
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    if path and command.invoke_without_command:
        yield path, command
    for name, one in below.items():
        yield from leaves(one, (*path, name))


def options(command: Any) -> Iterator[str]:
    """Describe the arguments that have a help text, and the options, of a command in a table."""
    kinds = ("argument", "option")
    shown = [p for kind in kinds for p in command.params if p.param_type_name == kind]
    shown = [p for p in shown if p.name != "help" and getattr(p, "help", None)]
    if not shown:
        return
    rows = []
    for one in shown:
        words = [*one.opts, *one.secondary_opts]
        if one.param_type_name == "argument":
            words = [one.metavar or one.name.upper()]
        names = " ".join(f"`{name}`" for name in words)
        default = one.default if isinstance(one.default, str | int | float) else None
        given = f"`{default}`" if default not in (None, False, "") else ""
        rows.append([names, str(one.help or "").replace("\n", " "), given])
    yield from table(["argument, option", "what it does", "default"], rows)


# Recipes and records


def recipes() -> Iterator[str]:
    """Describe every key of every file of settings."""
    yield "# Recipes and settings\n"
    yield (
        "The keys of `pipelines/*.yaml` and of the other files that people edit. What a file "
        "leaves out has the default; `extends: FILE` takes another recipe's values first.\n"
    )
    yield from described(name for name in MODELS if name not in RECORDS)


def records() -> Iterator[str]:
    """Describe the fields of the records."""
    yield "# Records\n"
    yield "A line of a JSONL file is an example; the others are parts of it or of `raw/reviews/`.\n"
    yield from described(RECORDS)


def described(names: Any) -> Iterator[str]:
    """Describe models by their JSON Schemas, each part of them once."""
    told: set[str] = set()
    for name in names:
        schema = MODELS[name].model_json_schema()
        yield f"## {name}\n"
        yield f"[JSON Schema](../../schemas/{name}.schema.json). " + about(schema)
        yield from fields(schema)
        for part, one in schema.get("$defs", {}).items():
            if part in told or "properties" not in one:
                continue
            told.add(part)
            yield f"### {part}\n"
            yield about(one)
            yield from fields(one)


def about(schema: dict[str, Any]) -> str:
    """Return what a model's docstring says."""
    return f"{schema.get('description', '')}\n"


def fields(schema: dict[str, Any]) -> Iterator[str]:
    """Describe the keys of an object in a table."""
    required = set(schema.get("required", ()))
    rows = [
        [f"`{key}`", kind(one), "required" if key in required else default(one)]
        for key, one in schema.get("properties", {}).items()
    ]
    yield from table(["key", "value", "default"], rows)


def kind(schema: dict[str, Any]) -> str:
    """Say in a word or two what a value may be."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " \\| ".join(f"`{value}`" for value in schema["enum"])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " \\| ".join(kind(one) for one in schema[key])
    of = schema.get("items") or schema.get("additionalProperties")
    inner = f" of {kind(of)}" if isinstance(of, dict) and of else ""
    bounds = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"))
    limits = [f"{sign} {schema[name]}" for name, sign in bounds if name in schema]
    return " ".join([str(schema.get("type", "any")) + inner, *limits])


def default(schema: dict[str, Any]) -> str:
    """Show a key's default value where that is short."""
    value = schema.get("default")
    shown = f"`{value}`" if "default" in schema else ""
    return shown if len(shown) <= 60 else "see the schema"


# Filters and strategies


def filters() -> Iterator[str]:
    """Describe each filter and each of its reasons, with a text that fails and one that passes."""
    from tests.conftest import ANSWER, QUESTION
    from tests.filters.test_reasons import CASES  # they are run there

    yield "# Filters and strategies\n"
    yield (
        "An example passes a filter or is rejected for one reason. Below each reason stand the "
        "parts of two examples that differ: the first is rejected for it, the second passes. "
        "`tests/filters/test_reasons.py` runs them all. Filters that compare know this example:\n"
    )
    yield f"``````text\n{QUESTION}\n\n{ANSWER}``````\n"
    for name, one in FILTERS.items():
        yield f"## {name}\n"
        module = inspect.getdoc(importlib.import_module(one.__module__)) or ""
        yield f"{module.partition(': ')[2] if module.startswith(name) else module}\n"
        yield f"{'On by default' if one.by_default else 'Runs only where a recipe names it'}.\n"
        yield from fields(one.settings_type.model_json_schema())
        for code, reason in one.reasons.items():
            yield f"### {name}.{code}\n"
            yield f"{reason.en[:1].upper()}{reason.en[1:]} ({reason.fr}).\n"
            _, failing, passing = CASES[f"{name}.{code}"]
            yield from differing(failing, passing)
    rows = [[f"`{code}`", reason.en] for code, reason in COMMON_REASONS.items()]
    yield "## Reasons of every filter\n"
    yield from table(["reason", "what it means"], rows)
    yield "## Strategies\n"
    yield "What makes candidates; a recipe names them in `generate.strategies`.\n"
    rows = [[f"`{name}`", first_line(strategy_type(name))] for name in STRATEGIES]
    yield from table(["strategy", "what it does"], rows)


def differing(failing: Any, passing: Any) -> Iterator[str]:
    """Show what tells two examples apart."""
    rejected, accepted = (f"{e.question}\n\n{e.answer}".split("\n") for e in (failing, passing))
    if rejected == accepted:
        yield "Both have the same text: the provenance tells them apart.\n"
        return
    lines = list(difflib.ndiff(rejected, accepted))
    for sign, title in (("- ", "rejected"), ("+ ", "passes")):
        own = [line[2:] for line in lines if line.startswith(sign)]
        text = "\n".join(own).strip("\n")
        if len(text) > 700:
            text = f"{text[:300]}\n[… {len(text) - 600} characters …]\n{text[-300:]}"
        shown = text.replace("\u200b", "<U+200B>")
        if shown.strip():
            yield f"{title.capitalize()}:\n\n``````text\n{shown}\n``````\n"
        else:
            yield f"{title.capitalize()}: the same without that.\n"


def first_line(thing: Any) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n")[0]


# Exit codes and Python


def exit_codes() -> Iterator[str]:
    """List the exit codes, and the errors that have them."""
    yield "# Exit codes\n"
    rows = [
        ["0", "done; also where nothing was missing"],
        ["1", "something to fix: one line says what, where and how"],
        ["2", "wrong usage"],
        ["3", "not ready, or not running"],
        ["130", "stopped by Ctrl-C; the same command goes on"],
    ]
    yield from table(["code", "meaning"], rows)
    yield "Every error for people is one of these; `--json` gives its kind, place and hint.\n"
    found = [e for e in vars(errors).values() if inspect.isclass(e) and issubclass(e, CuratorError)]
    rows = [[f"`{one.__name__}`", first_line(one), str(one.exit_code)] for one in found]
    yield from table(["error", "when", "code"], rows)


def python() -> Iterator[str]:
    """Describe the public names by their docstrings."""
    yield "# Python API\n"
    yield "The names in `curator.__all__`; all else may change without notice.\n"
    for name in curator.__all__:
        thing = getattr(curator, name)
        yield f"## curator.{name}\n"
        if inspect.isfunction(thing):
            shown = str(inspect.signature(thing)).replace("'", "")
            shown = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", shown)
            yield f"```text\ncurator.{name}{shown}\n```\n"
        text = inspect.getdoc(thing) or ""
        yield f"{text}\n" if "    " not in text else f"{first_line(thing)}\n\n{indented(text)}\n"


def indented(text: str) -> str:
    """Show the rest of a docstring as it is written."""
    rest = text.partition("\n")[2].strip("\n")
    return f"```text\n{rest}\n```" if rest else ""


def table(columns: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Write a table; nothing where it has no rows."""
    if not rows:
        return
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(cell.replace("\n", " ") for cell in row) + " |"
    yield ""


def main() -> None:
    """Write every page into docs/."""
    for name, text in pages().items():
        path = Path(__file__).parents[1] / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
