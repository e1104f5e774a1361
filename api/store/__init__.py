"""Where studies live: tables, migrations, and repositories that take and give frozen values.

Everything that knows SQL is in this package, and no ORM object leaves it. Repositories are modules of plain functions
(`studies`, `participants`, `transcripts`, `runs`, `decisions`, `rules`, `vectors`, `erasure`): they work inside the
session that `Database.reading` or `Database.writing` opens, and never commit.
"""
