"""The pages of memories: what they show, and what an admin does there."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import LARDER
from memory.access.contexts import create_context
from memory.models import Context, Entity, Fact, Instruction, Turn, Uncertainty
from tests.memory.conftest import MemoryApi, admin_key  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client: Client, admin_key: str) -> MemoryApi:  # noqa: F811 - the fixture
    create_context("acme", now=timezone.now(), actor=LARDER)
    memory = MemoryApi(Client(), admin_key, "acme")
    for text in ("I'm Dana. I work at Acme.", "I work at Globex.", "Always answer in French."):
        assert memory("post", "facts", {"text": text}).status_code == 200
    return memory


def page(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_contexts_are_made_on_their_page(staff: Client) -> None:
    assert "There is no context yet" in page(staff, "/memory/")
    given = {"id": "acme", "name": "Acme", "confidence_floor": "0.8", "token_limit": "", "use_models": "on"}
    assert staff.post("/memory/", given).status_code == 302
    made = Context.objects.get()
    assert (made.confidence_floor, made.token_limit, made.use_models) == (0.8, None, True)
    assert "Acme" in page(staff, "/memory/acme/")


@pytest.mark.parametrize("context_id", ["knowledge", "Acme", "a b", "-x"])
def test_an_id_that_is_none_is_refused_beside_its_field(staff: Client, context_id: str) -> None:
    answer = staff.post("/memory/", {"id": context_id, "confidence_floor": "0.7"})
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert not Context.objects.exists()


def test_settings_are_changed(staff: Client, told: MemoryApi) -> None:
    given = {"name": "Ours", "confidence_floor": "0.5", "token_limit": "1000"}
    assert staff.post("/memory/acme/edit/", given).status_code == 302
    changed = Context.objects.get()
    assert (changed.name, changed.token_limit, changed.use_models) == ("Ours", 1_000, False)


@pytest.mark.parametrize(
    ("field", "value"), [("name", "a\nb"), ("name", "\u202e"), ("token_limit", "9" * 20), ("token_limit", "-1")]
)
def test_a_setting_that_is_none_is_refused_beside_its_field(
    staff: Client, told: MemoryApi, field: str, value: str
) -> None:
    given = {"name": "Ours", "confidence_floor": "0.5", "token_limit": "1000"} | {field: value}
    for address in ("/memory/acme/edit/", "/memory/"):
        answer = staff.post(address, given | {"id": "other"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert Context.objects.get().name == ""


def test_an_entity_shows_its_whole_chain(staff: Client, told: MemoryApi) -> None:
    dana = Entity.objects.get(is_self=True)
    assert "Dana" in page(staff, "/memory/acme/")
    shown = page(staff, f"/memory/acme/entities/{dana.pk}/")
    assert shown.index("Globex") < shown.index(">Acme")
    assert "Superseded" in shown
    acme = Entity.objects.get(name="Globex")
    assert "What leads to it" in page(staff, f"/memory/acme/entities/{acme.pk}/")
    assert "No name begins with" in page(staff, "/memory/acme/", q="zzz")


def test_a_turn_says_what_was_made_of_it(staff: Client, told: MemoryApi) -> None:
    turn = Turn.objects.get(content="I work at Globex.")
    shown = page(staff, f"/memory/acme/turns/{turn.pk}/")
    assert ("Globex in the place of Acme" in " ".join(shown.split()), "read by rules" in shown) == (True, True)
    assert "All were read whole" in page(staff, "/memory/acme/turns/", unread="1")


def test_the_right_one_of_two_is_chosen(staff: Client, told: MemoryApi) -> None:
    triple = {"entity": {"type": "person", "name": "Kim"}, "key": "lives_in"}
    places = [{**triple, "target": {"type": "location", "name": name}} for name in ("Lisbon", "Porto")]
    told("post", "facts", {"infer": "triples", "triples": places})
    doubt, porto = Uncertainty.objects.get(), Fact.objects.get(value="Porto")
    assert "This one is right" in page(staff, "/memory/acme/uncertainties/")
    answer = staff.post(f"/memory/acme/uncertainties/{doubt.pk}/resolve/", {"fact": porto.pk})
    assert answer.status_code == 302
    assert Fact.objects.get(value="Porto").state == "current"
    assert "Nothing is open" in page(staff, "/memory/acme/uncertainties/")


def test_what_an_uncertainty_is_not_about_is_not_found(staff: Client, told: MemoryApi) -> None:
    doubt = Uncertainty.objects.create(
        context_id="acme",
        scope_set=Turn.objects.earliest("seq").scope_set,
        about="x",
        kind="time",
        reason="r",
        created_at=timezone.now(),
    )
    for fact in (str(Fact.objects.earliest("known_from").pk), "nothing"):
        assert staff.post(f"/memory/acme/uncertainties/{doubt.pk}/resolve/", {"fact": fact}).status_code == 404


def test_an_instruction_is_switched(staff: Client, told: MemoryApi) -> None:
    pk = Instruction.objects.get().pk
    for active in (False, True):
        assert staff.post(f"/memory/acme/instructions/{pk}/switch/").status_code == 302
        assert Instruction.objects.get().active is active


def test_what_is_forgotten_is_counted_first(staff: Client, told: MemoryApi) -> None:
    asked = {"query": "where Dana works"}
    shown = staff.post("/memory/acme/forget/", asked).content.decode()
    assert "would go" in shown
    assert Fact.objects.filter(state="current", key="works_at").count() == 1
    assert staff.post("/memory/acme/forget/", {**asked, "sure": "1"}).status_code == 302
    assert not Fact.objects.filter(state="current", key="works_at").exists()


def test_a_context_is_deleted_with_all_that_it_remembers(staff: Client, told: MemoryApi) -> None:
    assert "for good" in page(staff, "/memory/acme/delete/")
    assert staff.post("/memory/acme/delete/").status_code == 302
    assert not any(model.objects.exists() for model in (Context, Turn, Fact, Entity))


def test_markup_in_names_and_words_stays_text(staff: Client, told: MemoryApi) -> None:
    hostile = "<script>alert(1)</script>"
    triple = {"entity": {"type": "person", "name": hostile}, "key": "likes", "value": hostile}
    told("post", "facts", {"infer": "triples", "triples": [triple]})
    told("post", "facts", {"text": f"Hello {hostile}", "infer": "none"})
    named = Entity.objects.exclude(name__in=("Dana", "Acme", "Globex")).get()
    turn = Turn.objects.get(infer="none")
    for path in ("", "turns/", f"turns/{turn.pk}/", f"entities/{named.pk}/"):
        assert "<script>alert" not in page(staff, f"/memory/acme/{path}")
