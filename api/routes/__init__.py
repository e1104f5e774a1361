"""HTTP in and out, one module per subject; each parses, calls one service function, and shapes the answer.

A module here that has a `router` is served under `/v1`, one that has a `root_router` under `/`; nothing else is needed.
"""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter


def routers(attribute: str) -> tuple[APIRouter, ...]:
    """The routers of all modules here that have one under a name (`router`, `root_router`), in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(found for module in modules if isinstance(found := getattr(module, attribute, None), APIRouter))
