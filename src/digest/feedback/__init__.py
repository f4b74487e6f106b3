"""Reads mails that came back: bytes in, what they say out. Decides nothing about readers."""
