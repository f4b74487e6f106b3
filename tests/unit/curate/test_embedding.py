"""The embedder reads its weights from its own package, and gives what the port promises."""

from __future__ import annotations

import math
import subprocess
import sys

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


def test_loading_leaves_the_programs_logging_alone() -> None:
    code = (
        "import logging; from digest.curate.embedding import WordLlamaEmbedder; WordLlamaEmbedder().embed(['x']);"
        "print(logging.root.handlers, logging.root.level)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("[] 30\n", "")
