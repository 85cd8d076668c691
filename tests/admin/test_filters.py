"""Filters of the admin's lists take several choices each, and what is taken away from a list holds no secret."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from unfold.contrib.filters.forms import CheckboxForm, DropdownForm

from config.common.accounts.models import ApiToken
from config.common.accounts.services.tokens import issue_token
from config.common.events.models import Subscription
from config.common.privacy.models import ReadAudit
from tests.admin.models import PAGES, row, url
from tests.admin.test_lists import asked, file_of
from tests.common.helpers import one_webhook

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", PAGES)
def test_each_filter_of_a_list_takes_several_choices_or_what_one_types(model: Any, superuser: User) -> None:
    page: Any = admin.site._registry[model]
    if not page.list_filter:
        return
    row(model)
    assert page.list_filter_submit, "it waits for the button"
    for one in asked(page, superuser).filter_specs:
        form = next(iter(one.choices(asked(page, superuser))))["form"]
        if isinstance(form, CheckboxForm | DropdownForm):
            field = next(iter(form.fields.values()))
            assert field.widget.allow_multiple_selected, one.title
        else:
            assert not hasattr(field := next(iter(form.fields.values())), "choices"), (one.title, field)


def listed(client: Client, model: Any, query: str) -> set[str]:
    """What the list shows, as each row is called."""
    return {str(one) for one in client.get(f"{url(model, '')}?{query}").context["cl"].result_list}


def test_several_states_find_what_is_in_any_of_them_and_one_that_is_none_finds_all(root: Client) -> None:
    now = timezone.now()
    for label, used, life in (("new", None, 90), ("busy", now, 90), ("old", now - timedelta(days=40), 10)):
        token, _key = issue_token(username="program", label=label, life=timedelta(days=life))
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=used)

    def found(query: str) -> set[str]:
        return {name.split()[0] for name in listed(root, ApiToken, query)}

    assert found("used=never") == {"new"}
    assert found("used=never&used=day") == {"new", "busy"}
    assert found("used=never&used=day&state=soon") == set()
    assert found("state=soon&state=expired") == {"old"}
    assert found("used=nonsense") == found("") == {"new", "busy", "old"}


def test_a_flag_that_is_chosen_both_ways_finds_all(root: Client) -> None:
    User.objects.create_user("here")
    User.objects.create_user("gone", is_active=False)
    assert listed(root, User, "is_active__exact=0") == {"gone"}
    assert {"here", "gone"} <= listed(root, User, "is_active__exact=0&is_active__exact=1")
    counted = root.get(f"{url(User, '')}?is_active__exact=0&_facets=True").content.decode()
    assert "No (1)" in counted
    assert 'name="is_active__exact" value="0"' in counted.replace('type="checkbox" ', "")


def test_reads_of_several_kinds_and_of_some_days_are_found_together(root: Client) -> None:
    for name, what in (("a", "resident"), ("b", "listed"), ("c", "erased")):
        ReadAudit.objects.create(username=name, via="session", what=what)
    day = f"{timezone.localdate():%Y-%m-%d}"
    query = f"what__exact=resident&what__exact=erased&at_from={day}&at_to={day}"
    names = {one.username for one in root.get(f"{url(ReadAudit, '')}?{query}").context["cl"].result_list}
    assert names == {"a", "c"}


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_no_secret_leaves_in_a_file(root: Client, superuser: User, format: str) -> None:
    token, key = issue_token(username=superuser.username, label="program")
    one_webhook("owner")
    webhook = Subscription.objects.get(channel="webhook")
    for model in (ApiToken, User, Subscription):
        text = "\n".join(",".join(map(str, line)) for line in file_of(root, f"{url(model, '')}export/{format}/"))
        for secret in (key, token.digest, superuser.password, webhook.secret, webhook.url):
            assert secret not in text, model
