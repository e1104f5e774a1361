"""Only a study's own key opens what was locked under it."""

from __future__ import annotations

import pytest

from jtbd_nlp.pseudonyms.sealing import Seal, WrongKeyError, new_key


def test_what_was_locked_is_opened_by_its_key_alone() -> None:
    key = new_key()
    sealed = Seal(key, "study_1").close(["Eva Nováková"])
    assert b"Eva" not in sealed
    assert Seal(f" {key}\n", "study_1").open(sealed) == ["Eva Nováková"]
    for other in (Seal(new_key(), "study_1"), Seal(key, "study_2")):
        with pytest.raises(WrongKeyError):
            other.open(sealed)


def test_what_was_changed_is_not_opened() -> None:
    seal = Seal(new_key(), "study_1")
    sealed = bytearray(seal.close(["Eva"]))
    sealed[20] ^= 1
    with pytest.raises(WrongKeyError):
        seal.open(bytes(sealed))


@pytest.mark.parametrize("key", ["", "secret", "jtbdstudy_abc", "jtbdstudy_" + "€" * 43, "x" * 44])
def test_what_is_no_key_is_said_so(key: str) -> None:
    with pytest.raises(WrongKeyError, match="no study key"):
        Seal(key, "study_1")


def test_keys_differ() -> None:
    assert len({new_key() for _ in range(50)}) == 50
