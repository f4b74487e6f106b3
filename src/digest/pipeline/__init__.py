"""The story in order: gather, draft, approve, deliver. Imports pure modules and ports; no SQL, no sockets."""
