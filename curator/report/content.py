"""Order a report's sections as the seed document does."""

from collections.abc import Sequence

from curator.report.blocks import Section
from curator.report.gather import Report
from curator.report.language import say
from curator.report.sections.answers import answers_pointer, answers_section
from curator.report.sections.batches import batches_section
from curator.report.sections.conclusions import conclusions_section
from curator.report.sections.dataset import dataset_section
from curator.report.sections.duels import duels_section
from curator.report.sections.evaluation import evaluation_section
from curator.report.sections.history import history_section
from curator.report.sections.people import people_section
from curator.report.sections.promotion import promotion_section
from curator.report.sections.rag import rag_section
from curator.report.sections.summary import summary_section
from curator.report.sections.trace import trace_section
from curator.report.sections.training import training_section

ANSWERS = "reponses.html"


def title() -> str:
    """Write the title of the whole report."""
    return say("Métriques d'entraînement — RustSensei", "Training metrics — RustSensei")


def sections(report: Report) -> Sequence[Section]:
    """Write all sections; of the answers, where they are."""
    beside = batches_section(report.batches), people_section(report.people)
    return [
        summary_section(report),
        dataset_section(report.dataset, *beside),
        training_section(report.training, list(report.runs)),
        evaluation_section(
            report.evaluation,
            *duels_section(report.duels),
            *promotion_section(report.ledger),
            runs=report.runs,
        ),
        rag_section(report.evaluation),
        conclusions_section(report),
        *history_section(report),
        answers_pointer(report.evaluation, ANSWERS),
        trace_section(report),
    ]


def answers(report: Report) -> Section:
    """Write the one section of the page of answers."""
    return answers_section(report.evaluation)
