"""The annotators' guide, as Argilla takes it."""

import pytest

from curator.base.errors import DataError
from curator.records.project import Project
from curator.review.argilla.spec import GUIDE, GUIDE_LIMIT, guidelines


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "cannot read"),
        ("Relisez chaque réponse.".encode("latin-1"), "not UTF-8"),
        ("é".encode() * (GUIDE_LIMIT + 1), f"the guide has {GUIDE_LIMIT + 1} characters"),
    ],
)
def test_a_guide_that_cannot_be_used_is_one_line(
    project: Project, data: bytes | None, said: str
) -> None:
    path = project.root / GUIDE
    path.unlink(missing_ok=True)
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DataError, match=said) as caught:
        guidelines(project)
    assert caught.value.where and caught.value.where.startswith(str(path))


def test_a_byte_order_mark_is_not_shown(project: Project) -> None:
    (project.root / GUIDE).write_bytes("\ufeff# Guide\r\n".encode())
    assert guidelines(project) == "# Guide"
