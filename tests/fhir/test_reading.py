"""Files that may be anything: what is readable is read, the rest is refused with its place and its reason."""

import io
import json
import tarfile

import pytest

from fhir import reading
from fhir.reading import Entry, Progress, Unreadable, files_in, read
from tests.fhir.conftest import bundle, person


@pytest.fixture
def everything(files):
    def perform(**contents):
        found = files_in([files(**contents)])
        return list(read(found, Progress(found)))

    return perform


def archive(path, members):
    with tarfile.open(path, "w:xz") as out:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return path


def test_a_bundle_is_read_entry_by_entry(everything):
    first, second = everything(a=bundle(person(), person(id="p2"), urns=True))

    assert (first.key, first.origin) == (("Patient", "p1"), "a.json#1")
    assert first.aliases["urn:uuid:p2"] == second.key


def test_lines_are_read_one_by_one(everything):
    text = json.dumps(person()) + "\n\n" + json.dumps(person(id="p2"))

    assert [each.origin for each in everything(Patient__ndjson=text)] == [
        "Patient.ndjson:1",
        "Patient.ndjson:3",
    ]


def test_a_single_resource_is_a_file_too(everything):
    (found,) = everything(a=person())

    assert isinstance(found, Entry)


def test_an_archive_is_read_without_unpacking(tmp_path):
    content = json.dumps(bundle(person())).encode()
    path = archive(
        tmp_path / "all.tar.xz",
        {"../../etc/a.json": content, "deep/b.json": content, "c.txt": b"x"},
    )

    found = list(read([path], Progress([path])))

    assert [each.origin for each in found] == ["a.json#1", "b.json#1"]
    assert not (tmp_path.parent.parent / "etc").exists()


def test_a_torn_archive_gives_what_it_has(tmp_path):
    path = archive(tmp_path / "all.tar.xz", {"a.json": json.dumps(bundle(person())).encode() * 1})
    path.write_bytes(path.read_bytes()[:-40])

    assert any(isinstance(each, Unreadable) for each in read([path], Progress([path])))


def test_no_archive_at_all_is_said(tmp_path):
    path = tmp_path / "all.tar.xz"
    path.write_bytes(b"this is no archive")

    (found,) = read([path], Progress([path]))

    assert "cannot be read to its end" in found.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"resourceType": "Patient", "na', "not JSON, from line 1"),
        ("hello", "not JSON"),
        ("", "not JSON"),
        (b'{"resourceType": "Patient"\x00}', "not JSON"),
        (b"\xff\xfe\x00{", "not UTF-8"),
        ("[1, 2]", "not a JSON object"),
        ("42", "not a JSON object"),
        ("{}", "no resourceType"),
        ('{"resourceType": 7}', "no resourceType"),
        ('{"resourceType": "Bundle", "entry": "x"}', "no list of entries"),
        ('{"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]}', "holds no resource"),
        ('{"resourceType": "Bundle", "entry": [7]}', "holds no resource"),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"id": "x"}}]}', "no resourceType"),
        ("[" * 200_000, "nested too deep"),
        ('{"resourceType": "Patient", "x": ' + "9" * 5000 + "}", "number that is too long"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(everything, content, reason):
    (found,) = everything(a=content)

    assert isinstance(found, Unreadable)
    assert reason in found.reason
    assert found.origin.startswith("a.json")


def test_one_bad_line_never_stops_the_rest(everything):
    good = json.dumps(person()).encode()
    long = b'{"resourceType": "Patient", "x": "' + b"x" * (10 << 20) + b'"}'

    found = everything(a__ndjson=b"\n".join([good, b"{torn", b"\x00\x00", long, good]))

    assert [type(each).__name__ for each in found] == [
        "Entry",
        "Unreadable",
        "Unreadable",
        "Unreadable",
        "Entry",
    ]
    assert found[3].reason == "The line is longer than 8 MB."
    assert found[4].origin == "a.ndjson:5"


def test_a_last_line_that_is_too_long_ends_the_file(everything):
    (found,) = everything(a__ndjson=b"x" * (10 << 20))

    assert "longer than 8 MB" in found.reason


def test_a_file_that_is_too_large_asks_for_another_form(everything, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE", 10)

    (found,) = everything(a=bundle(person()))

    assert "Ask for NDJSON" in found.reason


def test_a_mark_at_the_beginning_is_no_mistake(everything):
    (found,) = everything(a=b"\xef\xbb\xbf" + json.dumps(person()).encode())

    assert found.id == "p1"


def test_a_resource_without_an_id_goes_by_its_urn(everything):
    entry = {"fullUrl": "urn:uuid:abc", "resource": {"resourceType": "Patient"}}

    (found,) = everything(a={"resourceType": "Bundle", "entry": [entry]})

    assert found.id == "abc"


@pytest.mark.parametrize(
    "entry",
    [
        {"fullUrl": 7, "resource": {"resourceType": "Patient", "id": "p1"}},
        {"fullUrl": "urn:uuid:x", "resource": {"resourceType": 7, "id": "p1"}},
    ],
)
def test_strange_names_in_a_bundle_are_no_names(everything, entry):
    (found,) = everything(a={"resourceType": "Bundle", "entry": [entry]})

    assert not getattr(found, "aliases", {})


def test_files_that_others_refer_to_come_first(files):
    folder = files(
        Encounter__ndjson="",
        Patient__000__ndjson="",
        Organization__ndjson="",
        bundle="",
        notes__txt="",
    )
    (folder / "link.json").symlink_to(folder / "bundle.json")

    assert [path.name for path in files_in([folder])] == [
        "Organization.ndjson",
        "Patient.000.ndjson",
        "Encounter.ndjson",
        "bundle.json",
    ]


def test_other_files_and_missing_ones_are_said(tmp_path):
    other = tmp_path / "a.txt"
    other.write_text("x")
    paths = [other, tmp_path / "gone.json"]

    found = list(read(paths, Progress(paths)))

    assert "Only .json" in found[0].reason
    assert "no such file" in found[1].reason


def test_progress_grows_to_the_end(files):
    paths = files_in([files(a=bundle(person(), person(id="p2")), b__ndjson=[person(), person()])])
    progress = Progress(paths)
    shares = [progress.share for _ in read(paths, progress)]

    assert shares == sorted(shares)
    assert progress.share == 1.0
