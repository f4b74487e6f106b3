"""Rules of who may use the desk: names, passwords, one-time codes, sessions. Keeps nothing itself."""
