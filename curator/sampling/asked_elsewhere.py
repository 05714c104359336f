"""What evaluations ask, so that no training is asked it: the project's prompts, and the recipe's.

`training/prompts_fr.jsonl` is where a project's prompts lie; `prompts` of its evaluation's recipe
may name another file. A filter that a recipe gives a file of its own looks at that one as well.
"""

from curator.evaluation.recipe import RECIPE, load_evaluate
from curator.filters.leakage import DEFAULT, LeakageSettings
from curator.records.project import Project
from curator.sampling.choose import Leaks, leak_detector
from curator.text.shingles import words


def key_of(question: str) -> str:
    """Return a question in the form in which two are compared: its words."""
    return " ".join(words(question))


def prompt_files(project: Project) -> list[str]:
    """List the files of prompts that evaluations ask and that are there, from the root."""
    known = {str(DEFAULT)}
    if (project.root / RECIPE).is_file():
        known.add(load_evaluate(project).prompts)
    return sorted(name for name in known if (project.root / name).is_file())


def leakages(project: Project, settings: LeakageSettings) -> list[LeakageSettings]:
    """Return a leakage filter's settings once for each file of prompts that it has to heed."""
    own = [settings.prompts] if settings.prompts is not None else []
    files = dict.fromkeys([*own, *prompt_files(project)])
    return [settings.model_copy(update={"prompts": name}) for name in files]


def leaks_of(project: Project, settings: LeakageSettings | None = None) -> Leaks:
    """Return what tells whether a question and answer would teach a prompt of any evaluation.

    Raises RecipeError for a named file that is absent, BrokenLine or DataError for a bad one.
    """
    every = leakages(project, settings or LeakageSettings())
    detectors = [leak_detector(one, project.root) for one in every]
    return lambda question, answer: any(leaks(question, answer) for leaks in detectors)
