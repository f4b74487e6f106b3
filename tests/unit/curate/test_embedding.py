"""The embedder reads its weights from its own package, and gives what the port promises."""

from __future__ import annotations

import math

from digest.curate.embedding import WordLlamaEmbedder


def test_vectors_are_of_length_one_near_where_texts_are_and_zero_without_words() -> None:
    robot, gripper, cake, nothing = WordLlamaEmbedder().embed(
        ["A robot folds laundry", "Robotic gripper for warehouses", "Pineapple cake with cream", ""]
    )
    assert math.isclose(math.hypot(*robot), 1, rel_tol=1e-6)
    assert sum(map(float.__mul__, robot, gripper)) > sum(map(float.__mul__, robot, cake))
    assert not any(nothing)


def test_no_texts_load_nothing() -> None:
    assert WordLlamaEmbedder().embed([]) == []
