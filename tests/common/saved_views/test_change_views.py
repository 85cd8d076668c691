"""Saved views: who may save, share, rename, pin and delete which, and what is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from config.common.problems import Conflict, Forbidden, InvalidInput, NotFound, Problem
from config.common.saved_views.models import SavedView
from config.common.saved_views.pages import LONGEST_QUERY, MOST_COUNTED, Page
from config.common.saved_views.services import change_views
from config.common.saved_views.services.change_views import (
    delete_view,
    pin_view,
    rename_view,
    save_view,
    share_view,
)
from config.common.saved_views.services.read_views import pinned_views, views_of
from tests.imports.admin.people import somebody

pytestmark = pytest.mark.django_db


def saved(page: Page, actor: User, *, name: str = "mine", **values: Any) -> SavedView:
    """A view of the page."""
    return save_view(page=page.name, name=name, query=values.pop("query", "q=a"), actor=actor, **values)


def names(page: Page, actor: User) -> list[str]:
    """What the reader sees beside the filters."""
    return [one.name for one in views_of(page=page, actor=actor)]


def refusal(work: Callable[[], Any]) -> type[Problem] | None:
    """What is raised, if anything."""
    try:
        work()
    except Problem as problem:
        return type(problem)
    return None


def test_a_private_view_is_for_its_owner_and_a_shared_one_for_all_who_may_open_the_page(page: Page) -> None:
    editor, viewer = somebody("Editors"), somebody("Viewers")
    saved(page, editor)
    saved(page, editor, name="ours", is_shared=True)
    assert (names(page, editor), names(page, viewer)) == (["mine", "ours"], ["ours"])


@pytest.mark.parametrize(("role", "expected"), [("Viewers", Forbidden), ("Editors", None), ("Managers", None)])
def test_editors_and_managers_share(page: Page, role: str, expected: type[Problem] | None) -> None:
    actor = somebody(role)
    mine = saved(page, actor)
    assert refusal(lambda: share_view(view_id=mine.pk, is_shared=True, actor=actor)) is expected
    assert refusal(lambda: saved(page, actor, name="ours", is_shared=True)) is expected
    mine.refresh_from_db()
    assert mine.is_shared is (expected is None)


def test_whoever_may_not_open_the_page_saves_pins_and_sees_nothing_of_it(page: Page) -> None:
    importer, ours = somebody("Importers"), saved(page, somebody("Editors"), is_shared=True)
    assert refusal(lambda: saved(page, importer)) is Forbidden
    assert refusal(lambda: pin_view(view_id=ours.pk, is_pinned=True, actor=importer)) is NotFound
    # Pinned before the role was another.
    ours.pinned_by.add(importer)
    assert pinned_views(actor=importer) == []


def test_a_view_of_the_same_name_takes_the_place_of_ones_own_alone(page: Page) -> None:
    editor, viewer = somebody("Editors"), somebody("Viewers")
    first = saved(page, editor, query="q=a")
    assert saved(page, editor, query="q=b").pk == first.pk
    assert saved(page, viewer).pk != first.pk
    assert sorted(SavedView.objects.values_list("query", flat=True)) == ["q=a", "q=b"]


@pytest.mark.parametrize("change", [
    lambda view, actor: rename_view(view_id=view, name="theirs", actor=actor),
    lambda view, actor: share_view(view_id=view, is_shared=False, actor=actor),
    lambda view, actor: delete_view(view_id=view, actor=actor),
])  # fmt: skip
def test_what_another_shares_is_not_ones_own_to_change(page: Page, change: Callable[[int, User], Any]) -> None:
    ours = saved(page, somebody("Editors"), is_shared=True)
    assert refusal(lambda: change(ours.pk, somebody("Editors", "another"))) is NotFound
    assert SavedView.objects.filter(name="mine", is_shared=True).count() == 1


def test_a_manager_deletes_what_others_share_and_nothing_private(page: Page) -> None:
    editor, manager = somebody("Editors"), somebody("Managers")
    mine, ours = saved(page, editor), saved(page, editor, name="ours", is_shared=True)
    assert refusal(lambda: delete_view(view_id=mine.pk, actor=manager)) is NotFound
    delete_view(view_id=ours.pk, actor=manager)
    assert names(page, editor) == ["mine"]


def test_a_name_is_whole_and_its_owners_alone(page: Page) -> None:
    editor = somebody("Editors")
    mine, other = saved(page, editor, name="  a \n b "), saved(page, editor, name="c")
    assert mine.name == "a b"
    assert refusal(lambda: rename_view(view_id=other.pk, name="a b", actor=editor)) is Conflict
    assert refusal(lambda: rename_view(view_id=other.pk, name=" ", actor=editor)) is InvalidInput
    assert refusal(lambda: rename_view(view_id=other.pk, name="x" * 81, actor=editor)) is InvalidInput
    rename_view(view_id=other.pk, name="d", actor=editor)
    assert names(page, editor) == ["a b", "d"]


def test_each_pins_for_themselves(page: Page) -> None:
    editor, viewer = somebody("Editors"), somebody("Viewers")
    ours = saved(page, editor, is_shared=True, is_pinned=True)
    assert [len(pinned_views(actor=one)) for one in (editor, viewer)] == [1, 0]
    pin_view(view_id=ours.pk, is_pinned=True, actor=viewer)
    pin_view(view_id=ours.pk, is_pinned=False, actor=editor)
    assert [len(pinned_views(actor=one)) for one in (editor, viewer)] == [0, 1]
    share_view(view_id=ours.pk, is_shared=False, actor=editor)
    assert pinned_views(actor=viewer) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [("size=7", (7, False)), (f"size={MOST_COUNTED + 5}", (MOST_COUNTED, True)), ("q=a", (None, False))],
)
def test_a_pinned_view_says_how_many_rows_it_has(page: Page, query: str, expected: tuple[int | None, bool]) -> None:
    editor = somebody("Editors")
    saved(page, editor, query=query, is_pinned=True)
    (found,) = pinned_views(actor=editor)
    assert (found.count, found.is_more) == expected
    assert (found.href, found.page) == (f"/admin/auth/user/?{query}", "Users")


def test_there_is_an_end_to_views_and_pins(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_views, "MOST_VIEWS", 2)
    monkeypatch.setattr(change_views, "MOST_PINNED", 1)
    editor = somebody("Editors")
    saved(page, editor, is_pinned=True)
    assert refusal(lambda: saved(page, editor, name="b", is_pinned=True)) is Conflict
    saved(page, editor, name="b")
    assert refusal(lambda: saved(page, editor, name="c")) is Conflict
    # What is there already can be saved again.
    saved(page, editor, is_pinned=True, query="q=b")
    assert names(page, editor) == ["b", "mine"]


def test_a_parameter_of_another_page_is_refused_and_named(page: Page) -> None:
    editor = somebody("Editors")
    with pytest.raises(InvalidInput) as refused:
        saved(page, editor, query="q=a&who=Anna&next=//evil")
    assert [error.pointer for error in refused.value.errors] == ["?next", "?who"]
    assert refusal(lambda: saved(page, editor, query=f"q={'x' * LONGEST_QUERY}")) is InvalidInput
    assert refusal(lambda: save_view(page="home", name="a", query="", actor=editor)) is NotFound
    assert not SavedView.objects.exists()


@given(st.lists(st.tuples(st.sampled_from(["q", "size", "p", "who"]), st.text(max_size=5)), max_size=6))
def test_what_is_saved_asks_what_was_asked(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl, urlencode

    page = Page(name="x", title="x", parameters={"q", "size"}, is_open=bool, count=lambda _actor, _query: None)
    kept = page.cleaned(page.known_part(urlencode(pairs)))
    expected = [pair for pair in pairs if pair[0] in page.parameters and pair[1]]
    assert sorted(parse_qsl(kept)) == sorted(set(expected))
