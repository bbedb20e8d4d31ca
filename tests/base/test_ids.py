"""Names made of randomness, and codes that people read aloud."""

import pytest

from appliance.base import ids


def test_an_id_has_its_prefix_and_sixteen_characters() -> None:
    made = {ids.new_id("u") for _ in range(200)}
    assert len(made) == 200
    assert all(one.startswith("u_") and len(one) == 18 and one == one.lower() for one in made)


def test_a_claim_code_has_no_letter_that_looks_like_a_digit() -> None:
    text = "".join(ids.claim_code() for _ in range(200))
    assert len(text) == 200 * 13
    assert set(text) <= set(ids.CROCKFORD)
    assert not set(text) & set("ILOU")


@pytest.mark.parametrize(
    "typed",
    ["ABCD-EF0H-1KMN-1", "abcdef0h1kmn1", " abcd ef0h 1kmn 1\n", "ABCD.EFOH.IKMN.L", "abcd—efoh—lkmn—i"],
)
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert ids.normal_code(typed) == "ABCDEF0H1KMN1"


def test_a_code_is_shown_in_groups() -> None:
    assert ids.grouped("ABCDEF0H1KMN1") == "ABCD-EF0H-1KMN-1"
    assert ids.normal_code(ids.grouped("ABCDEF0H1KMN1")) == "ABCDEF0H1KMN1"


def test_tokens_are_long_and_stored_as_hashes() -> None:
    token = ids.token()
    assert len(token) >= 43
    assert len(ids.token_hash(token)) == 32
    assert ids.token_hash(token) == ids.token_hash(token) != ids.token_hash(ids.token())


def test_secrets_are_compared_whole() -> None:
    assert ids.same("á", "á")
    assert not ids.same("a", "ab")
    assert len(ids.epoch()) == 8
