"""Alembic's folder: `env.py` is what it runs, `versions` are the steps from one layout to the next."""
