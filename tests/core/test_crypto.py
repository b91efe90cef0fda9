"""Encrypted fields: bound to their place, sealed with versioned keys, rotated by a job."""

import base64

import pytest
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from apps.core import crypto, jobs, key_rotation, worker
from apps.core.crypto import Ciphertext, NotOfThisPlace, UnknownKey
from apps.core.ids import uuid7
from apps.core.models import Job

OLD, NEW = (f"{name}:{base64.b64encode(name.encode() * 32).decode()[:43]}=" for name in "ab")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(autouse=True)
def _old_key(settings):
    settings.FIELD_KEYS = OLD


@pytest.fixture
def vault(transactional_db, monkeypatch):
    """A model with an encrypted field and its table, for one test."""
    with isolate_apps("apps.core"):

        class Vault(models.Model):  # noqa: DJ008 - lives for one test
            public_id = models.UUIDField(default=uuid7)
            secret = crypto.EncryptedTextField(null=True)
            other = crypto.EncryptedTextField(default="")

            class Meta:
                app_label = "core"
                db_table = "vault"

    monkeypatch.setattr(key_rotation, "encrypted_fields", lambda: [(Vault, field) for field in Vault._meta.fields[2:]])
    with connection.schema_editor() as editor:
        editor.create_model(Vault)
    yield Vault
    with connection.schema_editor() as editor:
        editor.delete_model(Vault)


def column(name="secret"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM vault ORDER BY id")
        return [value for (value,) in cursor]


@given(texts, st.text(max_size=50))
def test_what_is_sealed_opens_at_its_place(text, place):
    assert crypto.unseal(crypto.seal(text, place=place), place=place) == text


@given(st.integers(0, 200), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(position, change):
    version, key_id, encoded = crypto.seal("a secret of some length", place="p").split(".")
    raw = bytearray(base64.urlsafe_b64decode(encoded))
    raw[position % len(raw)] ^= change
    changed = f"{version}.{key_id}.{base64.urlsafe_b64encode(raw).decode()}"

    with pytest.raises(NotOfThisPlace):
        crypto.unseal(changed, place="p")


def test_the_same_text_looks_different_each_time():
    assert len({crypto.seal("x", place="p") for _ in range(50)}) == 50


@pytest.mark.parametrize("text", ["", "plain", "1.a", "1.a.***", "1.a.", "1.a.AAAA"])
def test_what_is_no_ciphertext_is_refused_with_its_place(text):
    with pytest.raises(NotOfThisPlace, match="users/totp/7"):
        crypto.unseal(text, place="users/totp/7")


def test_a_ciphertext_of_an_unknown_key_names_the_key_and_the_remedy(settings):
    sealed = crypto.seal("x", place="p")
    settings.FIELD_KEYS = NEW

    with pytest.raises(UnknownKey, match="'a', which LECTERN_FIELD_KEYS does not hold"):
        crypto.unseal(sealed, place="p")


@pytest.mark.parametrize("text", ["", "a", "a:short", "a:****", f"{OLD},{OLD}", f"a b:{OLD[2:]}", f"x.y:{OLD[2:]}"])
def test_keys_that_cannot_be_used_are_refused_with_the_variables_name(text):
    with pytest.raises(crypto.BadKeys, match="LECTERN_FIELD_KEYS"):
        crypto.parse_keys(text)


# --- In rows ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_row_keeps_its_secret_sealed_and_reads_it_open(vault):
    row = vault.objects.create(secret="JBSWY3DP", other="")
    vault.objects.bulk_create([vault(secret=None), vault(secret="second")])

    stored = column()
    assert stored[1] is None
    assert all(value.startswith("1.a.") and "JBSWY3DP" not in value for value in (stored[0], stored[2]))
    assert [found.secret for found in vault.objects.order_by("pk")] == ["JBSWY3DP", None, "second"]
    assert "JBSWY3DP" not in str(vars(vault.objects.get(pk=row.pk)))


@pytest.mark.django_db(transaction=True)
def test_saving_a_row_leaves_untouched_secrets_as_they_are_and_seals_changed_ones(vault):
    vault.objects.create(secret="one", other="kept")
    before = column("other")
    row = vault.objects.get()
    row.secret = "two"
    row.save()

    assert column("other") == before
    assert (vault.objects.get().secret, vault.objects.get().other) == ("two", "kept")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "swap",
    [
        "UPDATE vault SET secret = (SELECT secret FROM vault ORDER BY id DESC LIMIT 1)",
        "UPDATE vault SET secret = other",
    ],
    ids=["from another row", "from another column"],
)
def test_a_swapped_ciphertext_opens_nothing(swap, vault):
    first = vault.objects.create(secret="mine", other="mine too")
    vault.objects.create(secret="yours", other="x")
    with connection.cursor() as cursor:
        cursor.execute(swap)

    with pytest.raises(NotOfThisPlace, match=f"vault/secret/{first.public_id}"):
        vault.objects.get(pk=first.pk).secret  # noqa: B018 - reading is what fails


@pytest.mark.django_db(transaction=True)
def test_without_the_place_sealed_in_a_swap_would_go_unnoticed(vault, monkeypatch):
    """The twin of the test above."""
    monkeypatch.setattr(crypto, "_place", lambda instance, field: "anywhere")
    first = vault.objects.create(secret="mine")
    vault.objects.create(secret="yours")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault SET secret = (SELECT secret FROM vault ORDER BY id DESC LIMIT 1)")

    assert vault.objects.get(pk=first.pk).secret == "yours"


@pytest.mark.django_db(transaction=True)
def test_a_secret_is_neither_searched_nor_changed_past_its_row(vault):
    vault.objects.create(secret="x")

    with pytest.raises(TypeError, match=r"Vault\.secret is encrypted"):
        vault.objects.filter(secret="x").exists()
    with pytest.raises(TypeError, match=r"Vault\.secret is encrypted"):
        vault.objects.update(secret="y")


def test_a_model_without_a_public_id_is_refused_by_the_system_check():
    with isolate_apps("apps.core"):

        class Nameless(models.Model):  # noqa: DJ008 - lives for one test
            secret = crypto.EncryptedTextField()

            class Meta:
                app_label = "core"

        assert [found.id for found in Nameless._meta.get_field("secret").check()] == ["core.E001"]


# --- Rotation ---------------------------------------------------------------------------------------------------------
class Stopped(Exception):
    pass


class Context:
    """What a job's function is given; stops after so many batches."""

    def __init__(self, batches=1000):
        self.left = batches

    def progress(self, done, total=None, message=""):
        pass

    def stop_if_cancelled(self):
        self.left -= 1
        if not self.left:
            raise Stopped


@pytest.mark.django_db(transaction=True)
def test_rotation_goes_on_where_it_was_interrupted_and_then_the_old_key_can_go(vault, settings, monkeypatch):
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    for number in range(7):
        vault.objects.create(secret=f"secret {number}", other="o" if number % 2 else "")
    vault.objects.create(secret=None)
    settings.FIELD_KEYS = f"{NEW},{OLD}"

    with pytest.raises(Stopped):
        key_rotation.rotate(Context(batches=2))
    half_way = key_rotation.count_by_key()
    rest = key_rotation.rotate(Context())
    again = key_rotation.rotate(Context())
    settings.FIELD_KEYS = NEW

    assert half_way == {"a": 11, "b": 4}
    assert (rest, again, key_rotation.count_by_key()) == ({"sealed_anew": 11}, {"sealed_anew": 0}, {"b": 15})
    assert [row.secret for row in vault.objects.order_by("pk")] == [*(f"secret {number}" for number in range(7)), None]


@pytest.mark.django_db(transaction=True)
def test_the_command_asks_for_the_job_once_and_a_worker_does_it(vault, settings, monkeypatch, capsys):
    monkeypatch.setattr(jobs, "wake", lambda: None)
    vault.objects.create(secret="x")
    settings.FIELD_KEYS = f"{NEW},{OLD}"

    call_command("rotate_field_keys")
    call_command("rotate_field_keys")
    worker.carry_out(worker.claim())
    call_command("rotate_field_keys", "--status")

    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"sealed_anew": 2})
    assert capsys.readouterr().out.splitlines()[-1] == "b: 2"


def test_ciphertext_tells_its_key():
    assert Ciphertext("1.key-7.abc").key_id == "key-7"
