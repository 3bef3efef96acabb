"""A stack whose PostgreSQL has streaming replicas, made as operators make theirs: by `pg_basebackup`."""

import os
import subprocess
from pathlib import Path

import psycopg

from config.stack_record import make_private
from embedded import postgres
from embedded.child import Program, spawn
from embedded.ports import LOOPBACK, free_port
from tests.e2e.stack import Server, Stack, serve_postgres

RIGHTS = f"""ALTER ROLE {postgres.ROLE} REPLICATION
GRANT pg_read_all_stats TO {postgres.ROLE}
GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume(), pg_promote(boolean, integer) TO {postgres.ROLE}
"""
"""What it takes, and for the tests what a superuser may do on a replica."""

DURABLE = {"synchronous_commit": "on"}
"""As it is by default: a commit is sent on before it is answered."""


class Replica:
    """A replica that can be stopped, killed, held up and promoted."""

    def __init__(self, primary: postgres.Postgres, directory: Path) -> None:
        copy_cluster(primary, directory)
        self.cluster = postgres.Postgres(
            directory=directory, port=free_port(), password=primary.password, account=primary.account, fast=True
        )
        self.primary, self.server = primary, serve_postgres(self.cluster, **DURABLE)
        self.name = f"{LOOPBACK}:{self.cluster.port}"

    def ask(self, statement: str) -> object:
        with psycopg.connect(self.cluster.url, autocommit=True) as session:
            [(found,)] = session.execute(statement).fetchall()
            return found

    def follow(self, other: "Replica") -> None:
        """From now on, in place of the primary."""
        self.server.down()
        settings = self.cluster.directory / "postgresql.auto.conf"
        settings.write_text(settings.read_text().replace(f"port={self.primary.port}", f"port={other.cluster.port}"))
        self.server.up()


class ReplicatedStack(Stack):
    """Larder above a primary and two replicas."""

    def prepare_database(self, directory: Path) -> postgres.Postgres:
        made = super().prepare_database(directory)
        options = ["-c", "fsync=off", "-c", "exit_on_error=on"]
        postgres._run(["postgres", "--single", "-D", made.directory, *options, postgres.DATABASE], made.account, RIGHTS)
        access = f"{postgres.ACCESS}host replication {postgres.ROLE} {LOOPBACK}/32 scram-sha-256\n"
        postgres._write(made.directory / "pg_hba.conf", access, made.account)
        return made

    def serve_database(self, database: postgres.Postgres) -> Server:
        return serve_postgres(database, **DURABLE)

    def start_more(self, database: postgres.Postgres) -> dict[str, str]:
        directory = database.directory.parent
        self.replicas = [Replica(database, directory / f"replica{number}") for number in (1, 2)]
        return {"READ_DATABASE_URLS": " ".join(each.cluster.url for each in self.replicas)}


def copy_cluster(primary: postgres.Postgres, directory: Path) -> None:
    """A copy that follows the primary once it runs."""
    make_private(directory)
    if primary.account:
        primary.account.own(directory)
    whom = ["-h", LOOPBACK, "-p", str(primary.port), "-U", postgres.ROLE, "--checkpoint=fast", "--no-sync"]
    program = Program(
        name="pg_basebackup",
        argv=[postgres._binary("pg_basebackup"), "-D", directory, "--write-recovery-conf", *whom],
        env=os.environ | {"PGPASSWORD": primary.password},
        account=primary.account,
        cwd=Path("/"),
    )
    copying = spawn(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said, _ = copying.communicate()
    assert copying.returncode == 0, said.decode()
