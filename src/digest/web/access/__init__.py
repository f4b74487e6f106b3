"""Who asks at the desk, and what they may do."""
