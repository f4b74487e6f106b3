"""The roles that the outside plays for the pipeline, as protocols.

Every port has one contract suite in tests/contracts, which each adapter passes. All times are aware UTC;
`now` is always the caller's. A store's method is one transaction.
"""
