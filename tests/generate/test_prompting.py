import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.base.errors import DataError
from curator.generate import prompting
from curator.generate.recipe import GenerateSettings
from curator.records.project import Project
from tests.conftest import ANSWER, QUESTION, make_example


def test_what_is_written_out_is_read_back() -> None:
    assert prompting.parse_example(prompting.format_example(QUESTION, ANSWER)) == (
        QUESTION,
        ANSWER.strip(),
    )


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("Q ?\n\n# Réponse\nR", "Q ?", "R"),
        ("Q ?\n## reponse :\nR", "Q ?", "R"),
        ("Q ?\n\n## TL;DR\nR", "Q ?", "## TL;DR\nR"),
        ("Q ?\n# Réponse\nR\n\n# Question\nautre", "Q ?", "R"),
        ("rien de tout cela", "", "rien de tout cela"),
        ("", "", ""),
    ],
)
def test_what_models_write(text: str, question: str, answer: str) -> None:
    assert prompting.parse_example(text) == (question, answer)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    question, answer = prompting.parse_example(text)
    assert question in text
    assert answer in text


def prompts(project: Project, **texts: str) -> None:
    """Give the project prompts of its own, and open it."""
    folder = project.root / "prompts"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    project.open()


def test_the_projects_own_prompts_are_what_is_used(project: Project) -> None:
    slot = make_example().slot
    before = prompting.prompt_sha256("few_shot"), prompting.texts_sha256()
    prompts(project, system="Soyez bref.\n", few_shot="Thème : $topic. $idea")
    assert prompting.prompt_text("system") == "Soyez bref."
    assert prompting.few_shot_instruction(slot, "la pile").startswith(
        "Thème : propriété. la pile\n\nVocabulaire : pile (stack), propriété (ownership), "
    )
    prompts(project, vocabulary="Dites $terms.")
    assert "la pile\n\nDites pile (stack), " in prompting.few_shot_instruction(slot, "la pile")
    assert "\n\nForme" in prompting.few_shot_instruction(slot, "la pile")
    after = prompting.prompt_sha256("few_shot"), prompting.texts_sha256()
    assert before[0] != after[0] and before[1] != after[1]
    prompting.check_prompts()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "few_shot",
            "$topics",
            r"few_shot\.txt: nothing fills the slot \$topics: did you mean topic",
        ),
        ("few_shot", "10 $ la ligne", r"few_shot\.txt: a \$ begins no name of a slot"),
        ("system", "$topic", r"nothing fills the slot \$topic: this prompt has no slots"),
        ("few-shot", "x", r"few-shot\.txt: no prompt has this name: did you mean few_shot\.txt\?"),
    ],
)
def test_a_faulty_prompt_is_named(project: Project, name: str, text: str, said: str) -> None:
    prompts(project, **{name: text})
    with pytest.raises(DataError, match=said):
        prompting.check_prompts()


def test_shots_come_from_the_same_cell_first() -> None:
    near = make_example()
    level = make_example(question="b", difficulty="avance")
    far = make_example(question="c", topic="async")
    assert prompting.choose_shots([far, level, near], near.slot, 2) == [near, level]


def test_requests_of_one_slot_share_their_shots() -> None:
    pool = [make_example(question=str(i)) for i in range(20)]
    one = prompting.choose_shots(pool, pool[0].slot, 2)
    assert prompting.choose_shots(pool[::-1], pool[0].slot, 2) == one


def test_the_conversation_begins_the_answer() -> None:
    shot = make_example()
    instruction = prompting.few_shot_instruction(shot.slot, "une idée")
    ask = prompting.chat_request(prompting.conversation([shot]), instruction, 1, GenerateSettings())
    assert [t.role for t in ask.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert ask.messages[-1].content == prompting.PREFIX
    assert ask.messages[2].content == prompting.format_example(QUESTION, ANSWER)
    assert "Sujet : une idée." in ask.messages[3].content
    assert "Sujet : propriété." in ask.messages[1].content
    assert "$" not in ask.messages[3].content
    assert ask.grammar
    plain = prompting.chat_request([], instruction, 1, GenerateSettings(grammar=False))
    assert plain.grammar is None
