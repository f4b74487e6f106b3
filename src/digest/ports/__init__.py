"""The roles that the outside plays for the pipeline, as protocols.

All stores but LimitStore, ErasureJournal, Fetcher, Transport, Mailbox and JobQueue have contract suites in
tests/contracts, which each adapter passes; the others have tests of their adapters. All times are aware UTC; `now` is
always the caller's. A store's method is one transaction.
"""
