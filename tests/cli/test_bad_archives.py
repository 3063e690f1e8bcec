"""Archives (npz) that are damaged or hostile: one line and exit 2, and bounded memory."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.bad import (
    GOOD,
    Capture,
    npy_header,
    refused,
    refused_weights,
)
from tests.cli.test_command import ADDITION, run


def test_an_archive_that_would_unpack_to_far_more_is_refused_unread(
    tmp_path: Path, capsys: Capture
) -> None:
    path = tmp_path / "w.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Wx.npy", npy_header("<f4", (20 * 2**20,)) + bytes(80 * 2**20))
    np.save(tmp_path / "seq.npy", np.zeros((3, 2)))
    tracemalloc.start()
    line = refused(capsys, tmp_path, "print", str(tmp_path / "seq.npy"), "--weights", str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "refused as a zip bomb" in line
    assert peak < 8 * 2**20


@pytest.mark.parametrize("descr", ["<f8", "|O", "<U4"])
def test_an_archive_whose_member_claims_terabytes(
    tmp_path: Path, capsys: Capture, descr: str
) -> None:
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("Wx.npy", npy_header(descr, (10**6, 10**6)))
    line = refused_weights(capsys, tmp_path / "w.npz")
    assert "'Wx'" in line
    assert ("its header claims 8,000,000,000,000 bytes" in line) is (descr == "<f8")


def test_a_header_that_says_less_than_its_member_holds(tmp_path: Path, capsys: Capture) -> None:
    """zipfile looks at a checksum only where the member ends."""
    np.savez(tmp_path / "w.npz", Wx=np.ones((100, 2), "f4"), Wh=np.ones((100, 100), "f4"))
    data = (tmp_path / "w.npz").read_bytes()
    place = data.rfind(b"<f4")
    (tmp_path / "w.npz").write_bytes(data[:place] + b"<f2" + data[place + 3 :])
    line = refused_weights(capsys, tmp_path / "w.npz")
    assert "'Wh': damaged: it goes on where its header says it ends" in line


@pytest.mark.parametrize("second", ["Wx.npy", "Wx"])
def test_an_archive_with_two_members_of_one_name(
    tmp_path: Path, capsys: Capture, second: str
) -> None:
    member = io.BytesIO()
    np.save(member, np.ones((3, 2)))
    with (
        zipfile.ZipFile(tmp_path / "w.npz", "w") as archive,
        warnings.catch_warnings(action="ignore"),
    ):
        archive.writestr("Wx.npy", member.getvalue())
        archive.writestr(second, member.getvalue())
    assert "two members are called 'Wx'" in refused_weights(capsys, tmp_path / "w.npz")


def test_an_archive_whose_directory_has_lost_a_member(tmp_path: Path, capsys: Capture) -> None:
    """A comment that is longer than it was swallows the entry behind it."""
    np.savez(tmp_path / "w.npz", Wx=np.ones((3, 2)), Wh=np.eye(3), b=np.ones(3))
    data = bytearray((tmp_path / "w.npz").read_bytes())
    entry, lost = (found.start() for found in list(re.finditer(b"PK\x01\x02", data))[1:])
    after = data.rfind(b"PK\x05\x06")
    struct.pack_into("<H", data, entry + 32, after - lost)
    (tmp_path / "w.npz").write_bytes(data)
    with zipfile.ZipFile(tmp_path / "w.npz") as archive:
        assert archive.namelist() == ["Wx.npy", "Wh.npy"]
    line = refused_weights(capsys, tmp_path / "w.npz")
    assert "its directory has 2 members, its end says 3" in line


def test_an_archive_with_something_after_its_end(tmp_path: Path, capsys: Capture) -> None:
    np.savez(tmp_path / "w.npz", Wx=np.ones((3, 2)), Wh=np.eye(3))
    (tmp_path / "w.npz").write_bytes((tmp_path / "w.npz").read_bytes() + bytes(7))
    assert "it goes on after its end" in refused_weights(capsys, tmp_path / "w.npz")


def test_an_archive_with_a_comment_is_read(tmp_path: Path) -> None:
    weights: dict[str, Any] = GOOD
    np.savez(tmp_path / "w.npz", **weights)
    with zipfile.ZipFile(tmp_path / "w.npz", "a") as archive:
        archive.comment = b"made by hand"
    assert run("print", ADDITION, "--weights", str(tmp_path / "w.npz")) == 0
