"""The demonstration: `press` reads and prints the made-up outlets of examples/, `publishers` serves them."""
