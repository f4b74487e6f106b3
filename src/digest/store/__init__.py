"""[I/O] What is kept, in SQLite or PostgreSQL: one module for each family of tables; decides nothing."""
