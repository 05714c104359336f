"""What a prompt may have its answers checked by, strictly read."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from curator.evaluation.solving.groups import Group
from curator.records.example import Record

_KEPT = re.compile(
    r"(?:fn|struct|enum|union|trait|const|static|mod|type|macro) [A-Za-z_]\w*"
    r"|impl [A-Za-z_]\w*(?: for [A-Za-z_]\w*)?"
)
_TEST = re.compile(r"#\s*\[\s*test\s*\]")


def _kept(name: str) -> str:
    if _KEPT.fullmatch(name) is None:
        raise ValueError('write "fn NAME", "struct NAME", "impl NAME", "impl TRAIT for NAME", ...')
    return name


def _with_tests(text: str) -> str:
    if _TEST.search(text) is None:
        raise ValueError("there is no #[test] in it")
    return text


Kept = Annotated[str, AfterValidator(_kept)]
Source = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
ErrorCode = Annotated[str, StringConstraints(pattern=r"^E\d{4}$")]


class Tests(Record):
    """A program with these items passes tests that it does not know."""

    kind: Literal["tests"]
    keeps: tuple[Kept, ...] = Field(min_length=1)
    tests: Annotated[Source, AfterValidator(_with_tests)]


class Prints(Record):
    """A program with these items prints exactly this, but for spaces at the ends of lines."""

    kind: Literal["prints"]
    keeps: tuple[Kept, ...] = ()
    output: Source


class Compiles(Record):
    """A program with these items compiles, ends well if it has a main, and has these words."""

    kind: Literal["compiles"]
    keeps: tuple[Kept, ...] = Field(min_length=1)
    code: tuple[Group, ...] = ()


class ClaimOutcome(Record):
    """What rustc says of a program, or what a run of it does: exactly one of these."""

    error: ErrorCode | None = None
    output: str | None = None
    compiles: bool | None = None
    panics: str | None = None

    @model_validator(mode="after")
    def _one(self) -> "ClaimOutcome":
        if len(self.model_fields_set) != 1:
            raise ValueError("give one of error, output, compiles, panics")
        return self


class Claim(Record):
    """An answer says what comes of a program; `says` follows from `outcome`, which is tested."""

    kind: Literal["claim"]
    program: Source
    outcome: ClaimOutcome
    says: tuple[Group, ...] = Field(min_length=1)
    never: tuple[Group, ...] = ()


Check = Annotated[Tests | Prints | Compiles | Claim, Field(discriminator="kind")]
