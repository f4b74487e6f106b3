"""The nouns that travel through the pipeline: frozen dataclasses, enums and id types; standard library only."""
