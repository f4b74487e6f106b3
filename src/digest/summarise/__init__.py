"""Articles to teasers: a sentence or two that stand for a story, taken from it and checked against it."""
