"""How much each part of an answer counts: see docs/score.md."""

from pydantic import Field, model_validator

from curator.base.settings import Settings

MOST_FORM = 0.15


class Weights(Settings):
    """The weights of the profile "default".

    `solved` is the part of the substance that solving the prompt's check makes, the rest is what is
    said and shown; without it these count `unsolved` times, and a program that compiles where the
    learner's does not is worth `compiles` of a solved one. `chance` is the share of the ideas that
    an answer to another question meets, which is taken off. `code` is the part of what is said that
    hangs on the blocks doing as the text says. `french` and `form` are parts of the whole that an
    answer loses where it lacks them; together at most 0.15.
    """

    solved: float = Field(0.5, ge=0, le=1)
    unsolved: float = Field(0.35, ge=0, le=1)
    compiles: float = Field(0.3, ge=0, le=1)
    chance: float = Field(0.15, ge=0, lt=1)
    code: float = Field(0.3, ge=0, le=1)
    french: float = Field(0.1, ge=0, le=0.15)
    form: float = Field(0.05, ge=0, le=0.15)

    @model_validator(mode="after")
    def _form(self) -> "Weights":
        if self.french + self.form > MOST_FORM + 1e-9:
            raise ValueError(f"french and form: at most {MOST_FORM} together")
        return self


WEIGHTS = Weights()
