"""Settings: `settings` says what can be set, `load` reads it, `shipped` finds what comes with the package."""
