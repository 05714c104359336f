"""Ask a row of the training set in another way: with passages before it, or for a short answer."""

from collections.abc import Callable

from curator.base.seeds import derive_seed
from curator.dataset.write import Chat, Turn
from curator.evaluation.asking import question_text, system_text
from curator.evaluation.fences import fences
from curator.evaluation.passages import Retriever
from curator.french.typography import typeset_markdown
from curator.models.openai.model import estimate_tokens
from curator.text.markdown import section_key, sections

# What a learner adds who is in a hurry; which one it is follows from the question.
BRIEFLY = (
    "Réponse courte, s'il vous plaît : l'idée et le code.",
    "En bref : l'essentiel et le code corrigé, sans plus.",
    "Juste l'idée en une ou deux phrases, puis le code.",
)


def ask_briefly(row: Chat) -> Chat | None:
    """Ask for a short answer, and give one: the TL;DR and the solution's code.

    None for an answer that lacks either.
    """
    *before, asked, answered = row.messages
    found = {section_key(one.title): one.body.strip() for one in sections(answered.content)}
    said, shown = found.get("tldr", ""), fences(found.get("solution", ""))
    code = [f"```{one.label}\n{one.code}\n```" for one in shown if one.label.startswith("rust")]
    if not (said and code):
        return None
    wish = BRIEFLY[derive_seed("briefly", asked.content) % len(BRIEFLY)]
    question = Turn(role="user", content=f"{asked.content}\n\n{typeset_markdown(wish)}")
    answer = Turn(role="assistant", content="\n\n".join([said, *code]))
    return Chat(messages=[*before, question, answer])


def ask_with_passages(retriever: Retriever) -> Callable[[Chat], Chat | None]:
    """Return what puts passages before a question as an arm with retrieval gets them.

    Their budget is counted in estimated tokens, because no model is loaded here. None for a
    question to which nothing is found. The answer stays as it is.
    """

    def change(row: Chat) -> Chat | None:
        *before, asked, answered = row.messages
        found = retriever.passages(asked.content, retriever.ref.budget_tokens, estimate_tokens)
        if not found.text:
            return None
        system = "\n\n".join(turn.content for turn in before)
        turns = (
            ("system", system_text(system, rag=True)),
            ("user", question_text(asked.content, found)),
        )
        return Chat(messages=[*(Turn(role=role, content=text) for role, text in turns), answered])

    return change
