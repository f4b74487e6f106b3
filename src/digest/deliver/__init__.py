"""Delivering: composes messages as byte segments and hands them to a mail server."""
