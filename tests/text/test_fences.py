"""What a learner sees of fences, and how their labels come back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.text.fences import relabelled, unlabelled
from curator.text.markdown import blocks, fences

QUESTION = """Pourquoi `nom` n'est-il plus là ?

```rust,compile_fail,E0382
let nom = String::new();
drop(nom);
drop(nom);
```

Le compilateur dit :

```text
error[E0382]: use of moved value
```

Et ceci ?

~~~rust ignore
let x = ...;
~~~
"""
SHOWN = QUESTION.replace("rust,compile_fail,E0382", "rust").replace("rust ignore", "rust")


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("rust", "rust"),
        ("rust,compile_fail,E0382", "rust"),
        ("rust, should_panic", "rust"),
        (" rust no_run", "rust"),
        ("rs", "rust"),
        ("compile_fail,E0499", "rust"),
        ("edition2024", "rust"),
        ("Rust", "rust"),
        ("", ""),
        ("text", "text"),
        ("toml,ignore", "toml,ignore"),
        ("console", "console"),
    ],
)
@pytest.mark.parametrize("marks", ["```", "~~~~"])
def test_only_rust_loses_its_labels(label: str, shown: str, marks: str) -> None:
    text = f"Voici :\r\n\r\n{marks}{label}\r\nlet x = 1;  \r\n{marks}\r\n\r\nrust,ignore"
    expected = f"Voici :\r\n\r\n{marks}{shown}\r\nlet x = 1;  \r\n{marks}\r\n\r\nrust,ignore"
    assert unlabelled(text) == expected


def test_a_question_as_a_learner_writes_it() -> None:
    assert unlabelled(QUESTION) == SHOWN


def test_fences_in_lists_and_quotations() -> None:
    text = "- un\n\n  ```rust,ignore\n  # let x = 1;\n  x;\n  ```\n\n> ```rs\n> #\n> ##[a]\n> ```\n"
    shown = "- un\n\n  ```rust\n  let x = 1;\n  x;\n  ```\n\n> ```rust\n> \n> #[a]\n> ```\n"
    assert unlabelled(text) == shown
    assert [b.code for b in blocks(shown)] == [b.code for b in blocks(text)]


def test_a_label_inside_a_block_is_code() -> None:
    text = "````markdown\n```rust,ignore\n# x\n```\n````\n"
    assert unlabelled(text) == text


def test_labels_come_back() -> None:
    assert relabelled(SHOWN, QUESTION) == QUESTION
    assert relabelled(QUESTION, QUESTION) == QUESTION


def test_hidden_lines_are_shown_and_hidden_again() -> None:
    original = "```rust,no_run\n# fn main() {\nlet x = 1;\n# }\n```\n"
    shown = "```rust\nfn main() {\nlet x = 1;\n}\n```\n"
    assert unlabelled(original) == shown
    assert relabelled(f"Eh bien\n\n{shown}", original) == f"Eh bien\n\n{original}"
    edited = shown.replace("1", "2")
    assert relabelled(edited, original) == edited.replace("```rust\n", "```rust,no_run\n")


def test_an_edited_block_keeps_the_label_of_its_place() -> None:
    edited = SHOWN.replace("String::new()", 'String::from("a")').replace(
        "Pourquoi", "Mais pourquoi"
    )
    back = QUESTION.replace("String::new()", 'String::from("a")').replace(
        "Pourquoi", "Mais pourquoi"
    )
    assert relabelled(edited, QUESTION) == back


def test_blocks_that_moved_are_known_by_their_code() -> None:
    first, second = "```rust,compile_fail\na\n```\n", "```rust,ignore\nb\n```\n"
    moved = unlabelled(second + "\n" + first)
    assert relabelled(moved, first + "\n" + second) == second + "\n" + first
    assert relabelled(unlabelled(second), first + "\n" + second) == second
    new = "```rust\nc\n```\n\n" + unlabelled(second)
    assert relabelled(f"{new}\n{unlabelled(first)}", first + second).startswith("```rust\nc")


def test_a_label_that_somebody_wrote_stays() -> None:
    own = SHOWN.replace("```rust\n", "```rust,compile_fail,E0505\n")
    assert relabelled(own, QUESTION) == QUESTION.replace("E0382\nlet", "E0505\nlet")


LINES = st.sampled_from(
    [
        *("```rust,ignore", "```rust", "~~~rs", "```text", "```", "~~~", "  ```rust,no_run"),
        *("> ```rust,ignore", "- ```rust,E0382", "> x", "  x", "# y", "\t# z", "l'eau ?", ""),
        *("    ```rust,ignore", "1. ```rust,a", "   ```", "> ```", "#[a]", "`a` : b"),
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS)
def test_code_and_prose_are_what_they_were(text: str) -> None:
    shown = unlabelled(text)
    assert unlabelled(shown) == shown
    assert [b.code for b in blocks(shown)] == [b.code for b in blocks(text)]
    assert all(f.info == "rust" for f in fences(shown) if f.is_rust)
    assert len(shown.split("\n")) == len(text.split("\n"))


@given(TEXTS)
def test_what_is_not_edited_comes_back_whole(text: str) -> None:
    assert relabelled(unlabelled(text), text) == text
