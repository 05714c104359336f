"""The sandbox, shared by the tests of sampling."""

import pytest

from curator.evaluation.solving.run import Machine
from curator.rust.compiler import Rustc
from curator.rust.process import Limits
from curator.rust.runner import Runner


@pytest.fixture(scope="session")
def machine() -> Machine:
    return Machine(Rustc(), Runner(running=Limits(seconds=3, memory=1 << 30, output=64 << 10)))
