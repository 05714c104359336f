"""How much each part of an answer counts: see docs/score.md."""

from pydantic import Field

from curator.base.settings import Settings


class Weights(Settings):
    """The weights of the profile "default".

    `solved` is the part of the substance that solving the prompt's check makes, the rest is what is
    said and shown; without it these count `unsolved` times. `code` is the part of what is said that
    hangs on the blocks doing as the text says. `french` and `form` are parts of the whole that an
    answer loses where it lacks them; together at most 0.15.
    """

    solved: float = Field(0.5, ge=0, le=1)
    unsolved: float = Field(0.5, ge=0, le=1)
    code: float = Field(0.3, ge=0, le=1)
    french: float = Field(0.1, ge=0, le=0.15)
    form: float = Field(0.05, ge=0, le=0.15)


WEIGHTS = Weights()
