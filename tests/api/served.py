"""A real server on a free port of this machine, for tests over HTTP.

    def test_needs_are_listed(served: Served) -> None:
        study_id = served.study("arrive")
        with served.client("reader") as client:
            assert client.get(f"/v1/studies/{study_id}/needs").status_code == 200

The fixture `served` (both databases) is in `tests/api/conftest.py`. In every study of `Served.study` or
`Served.let_in` there is one member for each role, each with a key of all scopes.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import httpx
import structlog
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.commands.serving import address
from api.services.access import keys, members, people
from api.services.access.acts import Act, Caller, MemberRole
from api.services.access.callers import caller_of_person
from api.services.access.secrets import csrf_of, hash_password
from api.serving import listen, server_config
from api.settings import ServerSettings
from api.store import people as stored_people
from api.store.database import Database, Stamp
from api.store.people import Person
from jtbd_nlp.domain import Study

OWNER: Final = "olga"
PASSWORD: Final = "correct horse battery"
# Who is what in each study; `stranger` can sign in and is in none.
PEOPLE: Final = {"owner": "odo", "analyst": "ana", "reviewer": "rev", "reader": "rea", "stranger": "sam"}
START_S: Final = 60


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server, its database, the first owner's session, and a key for each role."""

    url: str
    database: Database
    settings: ServerSettings
    session_secret: str
    keys: Mapping[str, str]
    callers: Mapping[str, Caller]

    def study(self, name: str, *, job: str = "get to a destination on time", executor: str = "driver") -> str:
        """Make a study of which there is a member for each role; give its id."""
        stamp = Stamp.now(PEOPLE["owner"])
        study = Study(name=name, job=job, executor=executor)
        study_id = members.create_own_study(self.database, self.callers["owner"], study, stamp).id
        self.let_in(study_id)
        return study_id

    def let_in(self, study_id: str) -> None:
        """Make one person for each role a member of a study that was made in another way."""
        for role in MemberRole:
            members.put_member(self.database, study_id, PEOPLE[role], role, Stamp.now(OWNER))

    def client(self, who: str | None = None) -> httpx.Client:
        """A client: of a role or of `stranger` by key, of the first owner by session (`"session"`), or of nobody."""
        headers, cookies = {}, {}
        if who == "session":
            headers["X-CSRF-Token"] = csrf_of(self.session_secret)
            cookies["jtbd_session"] = self.session_secret
        elif who is not None:
            headers["Authorization"] = f"Bearer {self.keys[who]}"
        return httpx.Client(
            base_url=self.url, headers=headers, cookies=cookies, timeout=120, trust_env=False, verify=_tls()
        )


def answered(response: httpx.Response, status: int = 200) -> Any:
    """The JSON of an answer, which must have this status."""
    assert response.status_code == status, response.text
    return response.json()


@contextmanager
def serve(database: Database, **settings: object) -> Iterator[Served]:
    """Serve a database that is laid out and has no people yet, in a thread, until the block ends."""
    chosen = ServerSettings.model_validate({"requests_per_minute": 0, "stranger_requests_per_minute": 0} | settings)
    owner, keys_of, callers = _people(database)
    begun = people.begin_session(database, owner, datetime.now(UTC))
    with running(chosen, database) as url:
        yield Served(
            url=url,
            database=database,
            settings=chosen,
            session_secret=begun.secret,
            keys=keys_of,
            callers=callers,
        )


@contextmanager
def running(
    settings: ServerSettings, database: Database, make: Callable[[ServerSettings, Database], FastAPI] = create_app
) -> Iterator[str]:
    """Run the application in a thread until the block ends; give its address."""
    if not structlog.is_configured():
        # Events go where pytest looks for them, and not between its own lines.
        structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    settings = settings.model_copy(update={"port": 0})
    app = make(settings, database)
    server = uvicorn.Server(server_config(settings, app))
    with listen(settings) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + START_S
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                assert time.monotonic() < deadline, "the server takes too long to start"
                time.sleep(0.01)
            yield address(settings, listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(START_S)


def _people(database: Database) -> tuple[Person, dict[str, str], dict[str, Caller]]:
    """The first owner, and for each role its key and the person as who calls."""
    stamp = Stamp.now(OWNER)
    found: dict[str, Person] = {}
    with database.writing() as session:
        owner_id = stored_people.add(session, OWNER, stamp, password_hash=_password_hash(), is_owner=True)
        owner = stored_people.get(session, owner_id)
        for role, name in PEOPLE.items():
            may_create = role in ("owner", "analyst")
            found[role] = stored_people.get(session, stored_people.add(session, name, stamp, may_create=may_create))
    callers = {role: caller_of_person(person) for role, person in found.items()}
    secrets = {role: keys.make_key(database, caller, "test", Act, stamp)[1] for role, caller in callers.items()}
    return owner, secrets, callers


def key_of_analyst(database: Database, study_id: str) -> str:
    """A key for the analyst of a study, where nobody is known yet; nothing is served."""
    _, keys_of, _ = _people(database)
    members.put_member(database, study_id, PEOPLE["analyst"], MemberRole.ANALYST, Stamp.now(OWNER))
    return keys_of["analyst"]


@cache
def _tls() -> ssl.SSLContext:
    """What clients would check certificates with; to read it anew for each takes longer than most requests."""
    return ssl.create_default_context()


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD, name=OWNER)
