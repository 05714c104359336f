"""What the commands about people say."""

from pathlib import Path

import pytest

from curator.cli.views.argilla import members_view, removed_view, user_view
from curator.review.argilla.server.users import Member, Role, UserAccount


@pytest.mark.parametrize(
    ("role", "warns"), [(Role.ANNOTATOR, False), (Role.ADMIN, True), (Role.OWNER, True)]
)
def test_a_role_that_can_read_keys_is_said_to(role: Role, warns: bool) -> None:
    account = UserAccount("bruno", role, "secret", Path("bruno.key"), "http://127.0.0.1:6900")
    said = list(user_view(account))
    assert said[0] == f"User bruno ({role}), password secret (shown only once)"
    assert any("can read members' API keys" in line for line in said) is warns


def test_without_a_server_there_is_no_address_to_log_in() -> None:
    said = list(user_view(UserAccount("bruno", Role.ANNOTATOR, "x", Path("bruno.key"), "")))
    assert said[1] == "curator argilla up says where to log in; API key: bruno.key"


def test_the_list_and_what_a_removal_leaves() -> None:
    (shown,) = members_view([Member("anna", "annotator", ["rustsensei"], 3)])
    assert [[str(c) for c in column.cells] for column in shown.columns] == [
        ["anna"], ["annotator"], ["rustsensei"], ["3"],
    ]  # fmt: skip
    assert list(removed_view("anna", 0)) == ["anna is deleted"]
    assert next(removed_view("anna", 1)) == "anna is locked out; 1 answer kept"
