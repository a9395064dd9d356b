"""The file server, met by ftplib."""

import asyncio
import ftplib
import io
import os
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest

from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.ftps_listing import long_row
from odin_engine.simulator.bambu.machine.settings import Storage
from odin_engine.simulator.bambu.storage import Card
from tests.engine.simulator.clients import ImplicitFtp, ftp
from tests.patience import PATIENCE_S


def upload(printer: SimulatedPrinter, name: str) -> None:
    with ftp(printer) as client:
        client.storbinary(f"STOR {name}", io.BytesIO(b"1234"))


async def test_a_file_goes_there_and_back(p1s: SimulatedPrinter) -> None:
    content = bytes(range(256)) * 8192

    def travel() -> tuple[int | None, bytes, list[str]]:
        back = io.BytesIO()
        with ftp(p1s) as client:
            client.storbinary("STOR job.gcode.3mf", io.BytesIO(content))
            client.retrbinary("RETR job.gcode.3mf", back.write)
            size, names = client.size("job.gcode.3mf"), client.nlst()
            client.delete("job.gcode.3mf")
            assert "job.gcode.3mf" not in client.nlst()
        return size, back.getvalue(), names

    size, back, names = await asyncio.to_thread(travel)
    assert size == len(content)
    assert back == content
    assert "job.gcode.3mf" in names
    assert p1s.uploads == ["/job.gcode.3mf"]


async def test_big_boards_list_full_paths_and_demand_the_session(
    x1c: SimulatedPrinter,
) -> None:
    def visit(*, resumes: bool) -> list[str]:
        with ftp(x1c, resumes=resumes) as client:
            client.cwd("/cache")
            client.storbinary("STOR a.3mf", io.BytesIO(b"1234"))
            return client.nlst()

    assert await asyncio.to_thread(visit, resumes=True) == ["/cache/a.3mf"]
    with pytest.raises(ftplib.error_perm, match="522"):
        await asyncio.to_thread(visit, resumes=False)


async def test_a_wrong_code_is_refused(p1s: SimulatedPrinter) -> None:
    def visit() -> None:
        with ImplicitFtp() as client:
            client.connect(p1s.host, p1s.ports["ftps"])
            with pytest.raises(ftplib.error_perm, match="530"):
                client.login("bblp", "00000000", secure=False)
            with pytest.raises(ftplib.error_perm, match="530"):
                client.nlst()

    await asyncio.to_thread(visit)


@pytest.mark.parametrize(
    ("misbehaviour", "reply"), [("storage_full", "552"), ("storage_none", "553")]
)
async def test_a_card_that_takes_nothing(
    p1s: SimulatedPrinter, misbehaviour: str, reply: str
) -> None:
    p1s.machine.misbehave(misbehaviour)

    def visit() -> None:
        with ftp(p1s) as client, pytest.raises(ftplib.error_perm, match=reply):
            client.storbinary("STOR a.3mf", io.BytesIO(b"1234"))

    await asyncio.to_thread(visit)
    p1s.machine.behave(misbehaviour)
    await asyncio.to_thread(upload, p1s, "after.3mf")


async def test_a_full_quota_stops_an_upload_midway(p1s: SimulatedPrinter) -> None:
    p1s.card.capacity = 100_000

    def visit() -> str:
        client = ftp(p1s)
        try:
            client.storbinary("STOR a.3mf", io.BytesIO(bytes(300_000)))
        except ftplib.error_perm as refusal:
            return str(refusal)
        except OSError:
            # The printer hung up while the client was still sending.
            return client.getmultiline()
        finally:
            client.close()
        return ""

    assert "552" in await asyncio.to_thread(visit)


async def test_a_truncated_upload_is_answered_as_if_it_were_whole(
    p1s: SimulatedPrinter,
) -> None:
    p1s.machine.misbehave("truncated_upload")

    def visit() -> int | None:
        with ftp(p1s) as client:
            answer = client.storbinary("STOR a.3mf", io.BytesIO(bytes(1000)))
            assert answer.startswith("226")
            return client.size("a.3mf")

    assert await asyncio.to_thread(visit) == 500


async def test_missing_files_and_unknown_verbs(p1s: SimulatedPrinter) -> None:
    def visit() -> None:
        with ftp(p1s) as client:
            for verb in ("SIZE no.3mf", "DELE no.3mf", "CWD nowhere"):
                with pytest.raises(ftplib.error_perm, match="550"):
                    client.voidcmd(verb)
            with pytest.raises(ftplib.error_perm, match="502"):
                client.voidcmd("SITE CHMOD")
            assert client.pwd() == "/"

    await asyncio.to_thread(visit)


async def test_plain_data_channels_work_too(p1s: SimulatedPrinter) -> None:
    def visit() -> list[str]:
        with ftp(p1s) as client:
            client.prot_c()
            client.storbinary("STOR clear.3mf", io.BytesIO(b"1234"))
            return client.nlst()

    assert "clear.3mf" in await asyncio.to_thread(visit)


def test_no_path_leaves_the_card(tmp_path: Path) -> None:
    card = Card(tmp_path / "card", lambda: Storage.OK)
    place = card.place(PurePosixPath("/../../etc/passwd"))
    assert place.is_relative_to(tmp_path / "card")


def just_close(channel: ssl.SSLSocket) -> None:
    """Ends TCP without a word of TLS."""
    channel.close()


def shut_down(channel: ssl.SSLSocket) -> None:
    """Ends TCP both ways, and then closes."""
    channel.shutdown(socket.SHUT_RDWR)
    channel.close()


def say_goodbye(channel: ssl.SSLSocket) -> None:
    """Says close_notify, hears it back, and closes."""
    channel.unwrap().close()


def send_only_fin(channel: ssl.SSLSocket) -> None:
    """Ends its half of TCP and keeps the socket until the reply is there."""
    channel.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("end", [just_close, shut_down, say_goodbye, send_only_fin])
async def test_an_upload_is_whole_however_the_client_ends_it(
    p1s: SimulatedPrinter, end: Callable[[ssl.SSLSocket], None]
) -> None:
    content = bytes(range(256)) * 4096

    def travel() -> tuple[str, int | None]:
        with ftp(p1s) as client:
            client.voidcmd("TYPE I")
            channel = client.transfercmd("STOR job.3mf")
            assert isinstance(channel, ssl.SSLSocket)
            channel.sendall(content)
            end(channel)
            reply = client.voidresp()
            channel.close()
            return reply, client.size("job.3mf")

    reply, size = await asyncio.to_thread(travel)
    assert reply.startswith("226")
    assert size == len(content)


async def test_a_download_ends_though_the_client_never_says_goodbye(
    p1s: SimulatedPrinter,
) -> None:
    await asyncio.to_thread(upload, p1s, "job.3mf")

    def travel() -> bytes:
        with ftp(p1s) as client:
            channel = client.transfercmd("RETR job.3mf")
            reply, content = client.voidresp(), channel.recv(1000)
            channel.close()
            assert reply.startswith("226")
            return content

    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.to_thread(travel) == b"1234"


async def test_a_transfer_goes_on_where_it_was_cut(p1s: SimulatedPrinter) -> None:
    def travel() -> tuple[bytes, bytes]:
        tail, whole = io.BytesIO(), io.BytesIO()
        with ftp(p1s) as client:
            client.storbinary("STOR a.3mf", io.BytesIO(b"0123456"))
            client.storbinary("STOR a.3mf", io.BytesIO(b"xyz"), rest=5)
            client.retrbinary("RETR a.3mf", tail.write, rest=4)
            client.retrbinary("RETR a.3mf", whole.write)
            with pytest.raises(ftplib.error_perm, match="501"):
                client.voidcmd("REST half")
        return tail.getvalue(), whole.getvalue()

    assert await asyncio.to_thread(travel) == (b"4xyz", b"01234xyz")


async def test_files_and_folders_are_tidied(p1s: SimulatedPrinter) -> None:
    def tidy() -> list[str]:
        with ftp(p1s) as client:
            client.storbinary("STOR a.3mf", io.BytesIO(b"1234"))
            client.mkd("jobs")
            client.rename("a.3mf", "/jobs/b.3mf")
            client.cwd("jobs")
            names = client.nlst()
            client.voidcmd("CDUP")
            assert client.pwd() == "/"
            for refused in ("MKD jobs", "MKD no/where", "RMD jobs", "RNFR gone.3mf"):
                with pytest.raises(ftplib.error_perm, match="550"):
                    client.voidcmd(refused)
            with pytest.raises(ftplib.error_perm, match="503"):
                client.voidcmd("RNTO c.3mf")
            with pytest.raises(ftplib.error_perm, match="550"):
                client.rename("jobs/b.3mf", "cache")
            client.delete("jobs/b.3mf")
            client.rmd("jobs")
            assert "jobs" not in client.nlst()
            with pytest.raises(ftplib.error_perm, match="550"):
                client.rmd("/")
        return names

    assert await asyncio.to_thread(tidy) == ["b.3mf"]


async def test_a_read_only_card_keeps_what_it_has(p1s: SimulatedPrinter) -> None:
    await asyncio.to_thread(upload, p1s, "a.3mf")
    p1s.machine.settings.storage = Storage.READ_ONLY

    def visit() -> int | None:
        with ftp(p1s) as client:
            for refused in ("DELE a.3mf", "RNFR a.3mf", "RMD cache"):
                with pytest.raises(ftplib.error_perm, match="550"):
                    client.voidcmd(refused)
            return client.size("a.3mf")

    assert await asyncio.to_thread(visit) == 4


async def test_listings_are_read_by_their_columns(p1s: SimulatedPrinter) -> None:
    await asyncio.to_thread(upload, p1s, "a b.3mf")

    def visit() -> tuple[list[str], list[str], str]:
        rows: list[str] = []
        one: list[str] = []
        with ftp(p1s) as client:
            assert client.sendcmd("SYST").startswith("215 UNIX")
            assert "REST STREAM" in client.sendcmd("FEAT")
            client.retrlines("LIST -la", rows.append)
            client.retrlines("LIST a b.3mf", one.append)
            return rows, one, client.sendcmd("MDTM a b.3mf")

    rows, one, changed = await asyncio.to_thread(visit)
    (row,) = one
    assert row in rows
    # The clock of a machine in a test stands still on this day.
    assert row.split(maxsplit=8)[4:] == ["4", "Nov", "01", "08:00", "a b.3mf"]
    assert changed == "213 20261101080000"
    (image,) = (each for each in rows if each.endswith(" image"))
    assert image.startswith("drwx")


def test_old_files_show_their_year(tmp_path: Path) -> None:
    place = tmp_path / "old.3mf"
    place.write_bytes(b"12")
    os.utime(place, (0, 0))
    row = long_row(place, datetime(2026, 1, 1, tzinfo=UTC))
    assert row.split()[5:] == ["Jan", "01", "1970", "old.3mf"]
