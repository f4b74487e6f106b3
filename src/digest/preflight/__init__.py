"""Checks an issue before it goes: proofs in, findings out. Pure but for `spam`, which runs a program."""
