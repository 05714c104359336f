import copy
import pickle
from pathlib import Path

import pytest
import yaml

from curator.base.errors import DataError, RecipeError
from curator.dataset.recipe import GateSettings, load_retrain
from curator.generate.recipe import AugmentRecipe, load_recipe, override
from curator.records import taxonomy as axes
from curator.records.coverage import coverage
from curator.records.example import Example
from curator.records.project import Project
from curator.records.targets import Targets
from curator.records.topic import BUILT_IN, Topic
from tests.conftest import make_example

OWN = """topics:
  ownership:
    label: propriété
    definition: Qui possède une valeur.
  concurrency:
    label: concurrence
    definition: Fils, verrous, canaux.
    aliases: [threads]
    ideas: [deux fils qui comptent ensemble]
  macros:
    label: macro
    definition: Du code qui écrit du code.
"""


def own(project: Project, text: str = OWN) -> Project:
    """The project with a taxonomy of its own, opened."""
    path = project.root / "schemas" / "taxonomy.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return Project.find(project.root)


def test_the_shipped_axes_have_their_sizes() -> None:
    assert (len(axes.Category), axes.topics(), len(axes.Difficulty)) == (3, BUILT_IN, 3)
    assert (len(axes.taxonomy().cells), len(axes.taxonomy().slots)) == (45, 135)


def test_every_shipped_topic_has_ideas_to_write_about() -> None:
    assert all(len(label.ideas) >= 5 for label in axes.taxonomy().topics.values())


@pytest.mark.parametrize("text", ["Débutant", "debutant", "DÉBUTANT ", "beginner"])
def test_labels_are_read_in_their_usual_spellings(text: str) -> None:
    assert axes.parse_difficulty(text) is axes.Difficulty.DEBUTANT


def test_an_unknown_label_names_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"unknown topic 'macros'.*ownership, borrowing"):
        axes.parse_topic("macros")
    with pytest.raises(DataError, match=r"'ownreship': did you mean ownership\?"):
        axes.parse_topic("ownreship")


def test_there_is_one_object_for_a_topic_wherever_it_comes_from() -> None:
    topic = Topic("macros")
    assert Topic("async") is Topic.ASYNC
    assert pickle.loads(pickle.dumps(topic)) is topic is copy.deepcopy(topic)
    read = Example.model_validate_json(make_example(topic=topic).model_dump_json())
    assert read.topic is topic and isinstance(read.topic, str)
    assert (f"{topic}", str(topic), {topic: 1}["macros"]) == ("macros", "macros", 1)


@pytest.mark.parametrize("name", ["", "Macros", "a b", "2d", "é", "a" * 41, "a/b", "a\n"])
def test_what_is_no_identifier_is_no_topic(name: str) -> None:
    with pytest.raises(ValueError, match="is no topic: a topic is 1 to 40"):
        Topic(name)
    with pytest.raises(ValueError, match="is no topic"):
        make_example(topic=name)


def test_the_projects_own_taxonomy_is_what_is_used(project: Project) -> None:
    assert len(Project.find(project.root).taxonomy.topics) == 15
    found = own(project).taxonomy
    assert axes.taxonomy() is found
    assert axes.topics() == ("ownership", "concurrency", "macros")
    assert axes.parse_topic("Threads") is Topic("concurrency")
    assert axes.parse_difficulty("avancé") is axes.Difficulty.AVANCE  # from the shipped one
    assert found.sha256 != axes.shipped_taxonomy().sha256
    with pytest.raises(DataError, match="unknown topic 'lifetimes'"):
        axes.parse_topic("lifetimes")


def test_a_project_that_is_not_open_has_its_own_all_the_same(project: Project) -> None:
    there = own(project)
    axes.use_taxonomy(None)
    counted = coverage([make_example(topic="macros")], Targets(), there.taxonomy)
    assert counted.topics == ("ownership", "concurrency", "macros")
    assert counted.axes["topic"]["macros"] == 1


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (
            ("label: macro", "lable: macro"),
            11,
            "unknown key topics.macros.lable: did",
        ),
        (("    label: macro\n", ""), 10, "topics.macros lacks label"),
        (("label: macro", "label: ''"), 11, "topics.macros.label: "),
        (("  macros:", "  Macros:"), 10, "'Macros' is no topic"),
        (("  macros:", "  concurrency:"), 10, "concurrency stands here twice"),
        (("label: macro", "label: Propriété"), 10, "'Propriété' already stands for ownership"),
        (("topics:", "topic:"), 1, "unknown key topic: did you mean topics?"),
        (("topics:", "difficulties: {}\ntopics:"), 1, "difficulties lacks debutant"),
        (
            ("topics:", "categories: {debgu: 1}\ntopics:"),
            1,
            "'debgu' is unknown: did you mean",
        ),
        (("  macros:", "macros:"), 10, "unknown key macros"),
        (("ideas: [", "ideas: [["), 10, "not YAML: "),
    ],
)
def test_a_fault_of_the_file_is_one_line_with_its_place(
    project: Project, change: tuple[str, str], line: int, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        own(project, OWN.replace(*change))
    assert f"taxonomy.yaml:{line}: " in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"), [("- a", "not a list of keys"), ("topics: {}", "at least")]
)
def test_a_file_of_another_kind_is_refused(project: Project, text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        own(project, text)


def test_an_empty_file_leaves_everything_as_it_is_shipped(project: Project) -> None:
    assert own(project, "").taxonomy == axes.shipped_taxonomy()


def test_examples_of_unknown_topics_are_named_when_they_are_counted(project: Project) -> None:
    known = own(project).taxonomy
    one, two = make_example(topic="macros"), make_example(topic="traits", question="Autre ?")
    assert list(known.checked([one])) == [one]
    with pytest.raises(DataError) as caught:
        coverage([one, two, make_example(topic="enums"), two], Targets(), known)
    assert str(caught.value).startswith(f"{two.id}: topic 'traits' is not in the project's")
    assert "nor are those of 2 more (traits, enums)" in str(caught.value)
    assert "--map traits=TOPIC" in str(caught.value)


def test_recipes_name_topics_of_the_project(project: Project) -> None:
    path = own(project).root / "pipelines" / "augment.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["targets"] = {"topics": {"concurrency": 7}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    recipe = load_recipe(path)
    targets = override(recipe, {"seed": 1}).targets
    assert targets.of(Topic("concurrency"), axes.Difficulty.AVANCE) == 7
    data["targets"] = {"topics": {"concurency": 7}}
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(RecipeError, match=r"no topic concurency in .*did you mean concurrency\?"):
        load_recipe(path)


def test_default_topics_may_be_absent(project: Project) -> None:
    found = own(project)
    assert override(AugmentRecipe(), {"seed": 1}).targets == Targets()
    assert load_retrain(found).gate.topics == GateSettings().topics
    with pytest.raises(ValueError, match="no topic unsafe in the project's taxonomy"):
        GateSettings(topics={Topic.UNSAFE: 3})


def test_slots_are_ordered_as_in_the_file(project: Project) -> None:
    known = own(project).taxonomy
    assert known.order(sorted(known.slots)) == list(known.slots)
    foreign = axes.Slot.parse("traits/avance/debug")
    assert known.order([foreign, *known.slots])[-1] == foreign
    assert str(foreign) == "traits/avance/debug"
    with pytest.raises(ValueError, match="unpack"):
        axes.Slot.parse("traits")


def test_the_shipped_file_is_read_by_the_same_rules() -> None:
    shipped = Path(axes.shipped(axes.TAXONOMY))
    assert axes.load_taxonomy(shipped) == axes.shipped_taxonomy()
