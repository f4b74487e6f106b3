"""The API for machines, under /api/v1: a web application of its own, with its errors and its OpenAPI."""
