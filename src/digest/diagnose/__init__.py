"""Looks whether mail will arrive: DNS records, reverse names, the way to leave, clock and disk. Changes nothing."""
