"""The file server, met by ftplib."""

import asyncio
import ftplib
import io
from pathlib import Path, PurePosixPath

import pytest

from odin_engine.simulator.bambu import SimulatedPrinter
from odin_engine.simulator.bambu.machine.settings import Storage
from odin_engine.simulator.bambu.storage import Card
from tests.engine.simulator.clients import ImplicitFtp, ftp


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
