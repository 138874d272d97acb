"""The papers of the invented practice: policies, contracts, certificates, forms and a few letters."""

import io
from datetime import date, datetime, timedelta
from textwrap import wrap
from uuid import UUID

import pikepdf

from access import grants
from access.models import User
from demo.people import DOMAIN
from demo.places import Places
from desk import store
from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.models import Document, DocumentVersion, Folder
from desk.safety import kinds
from desk.safety.checking import Checked
from kernel.actors import Actor
from patients.models import Patient

# Folder, title, days until it expires (or none), tags, what it says.
PAPERS = (
    ("Policies", "Infection control", 320, ("OSHA", "clinical"),
     "Hands are washed or rubbed before and after each patient. Exam tables are wiped between visits with a "
     "disinfectant on the EPA list; wet for the time its label says. Who has a fever, a cough or a rash is roomed at "
     "once and wears a mask on the way. Sharps go into the container at the point of use; it is changed at three "
     "quarters full. A needlestick is washed, reported to the lead nurse within the hour and written into the log."),
    ("Policies", "Bloodborne pathogens: exposure control plan", 24, ("OSHA", "yearly"),
     "29 CFR 1910.1030. Reviewed every year and whenever a task changes. All employees with exposure are offered the "
     "hepatitis B vaccine within ten working days. Gloves, gowns and eye protection are in every room. After an "
     "exposure: wash, report, evaluation the same day at no cost, follow-up at six weeks, three and six months."),
    ("Policies", "Hazard communication", 190, ("OSHA",),
     "Each chemical of the practice has a label and a safety data sheet. The binder lies at the nurses’ station; the "
     "lead of each site keeps it up to date. New employees are shown it in their first week."),
    ("Policies", "Fire and evacuation", 55, ("safety",),
     "Assembly point: the car park behind the building. The front desk takes the day sheet along and counts. Doors are "
     "closed, never locked. The elevator is not used. A drill is held each spring and fall and written down here."),
    ("Privacy", "Notice of privacy practices", None, ("HIPAA",),
     "This notice describes how medical information about you may be used and disclosed, and how you can get access to "
     "it. We may use it for treatment, payment and the running of our practice. You may ask for a copy, for a "
     "correction, for a list of disclosures, and for confidential ways of reaching you."),
    ("Privacy", "Breach response", None, ("HIPAA",),
     "Who notices a breach tells the privacy officer the same day. The officer assesses the risk, keeps the facts, and "
     "notifies those affected within sixty days; more than five hundred in one state also the media and HHS at once."),
    ("Contracts", "Medical waste: Harborview Hauling", 6, ("vendor",),
     "Pick-up every second Tuesday at all three sites, red bags and sharps. Ninety dollars a month and site. It renews "
     "for a year unless ended thirty days before."),
    ("Contracts", "Lease of the copiers", 41, ("vendor",),
     "Four machines, sixty months, service within four hours on working days. Toner is included, paper is not."),
    ("Contracts", "Business associate agreement: answering service", 400, ("HIPAA", "vendor"),
     "The associate takes calls after hours, keeps messages encrypted, reports any breach within five days, and "
     "returns or destroys what it holds when the agreement ends."),
    ("Licenses and permits", "CLIA certificate of waiver", 58, ("lab",),
     "Centers for Medicare & Medicaid Services. Certificate of waiver for the laboratories at Harbor Lane, Harbor Hill "
     "and Harbor West. Waived tests only: glucose, urine dipstick, rapid strep, influenza, INR."),
    ("Licenses and permits", "X-ray registration", 130, ("imaging",),
     "State registration of the radiographic unit in the imaging room. To be posted near the machine."),
    ("Forms", "New patient: welcome and history", None, ("patients",),
     "Please bring a photo ID, your insurance card and a list of your medicines. Tell us about allergies, operations, "
     "and illnesses in your family. If you cannot come, call us the day before."),
    ("Forms", "Release of information", None, ("patients", "HIPAA"),
     "I authorize Harbor Medical Group to disclose the records named below to the person or office named below, for "
     "the purpose named below. This authorization ends after one year, or when I take it back in writing."),
    ("Equipment", "ECG cart: manual and service log", 12, ("device",),
     "Electrodes are changed for each patient. The battery is charged every evening. Service once a year; the last "
     "one found no fault. Call the maker’s hotline, not the dealer."),
)  # fmt: skip
FOLDERS = (
    ("Policies", "hipaa", ""), ("Privacy", "hipaa", "Policies"), ("Contracts", "finance", ""),
    ("Licenses and permits", "permanent", ""), ("Forms", "permanent", ""), ("Letters", "medical", ""),
)  # fmt: skip
LETTER = (
    "Thank you for sending {name}, whom we saw last week. The findings are as you described. We suggest to go on with "
    "the present treatment and to see {name} again in three months. Please call with any question."
)
SAMPLE = "Fax of 11 pages, received this morning; the number of the sender is not ours."


def make_documents(places: Places, this_day: date, at: datetime) -> None:
    """Some expire soon, one is on hold, one waits for a scanner."""
    manager = User.objects.get(email=f"manager@{DOMAIN}")
    by = grants.of(manager).actor()
    folders = _folders(places, manager, by)
    made = {}
    for folder, title, days, tags, words in PAPERS:
        expires = this_day + timedelta(days=days) if days else None
        filing = actions.Filing(title=title, tags=tags, expires_date=expires, owner=manager)
        made[title] = _filed(folders[folder], title, words, filing, by, at)
    hazards = made["Hazard communication"]
    newer = _checked(
        hazards.title, PAPERS[2][4] + " Reviewed; the list of chemicals is shorter by four."
    )
    actions.add_version(document=hazards, file=newer, by=by, at=at, note="Yearly review")
    keeping.place_hold(
        document=made["Lease of the copiers"],
        reason="Dispute about the service of March",
        by=by,
        at=at,
    )
    for patient in Patient.objects.filter(locations=places.lane).order_by("family_name", "pk")[:3]:
        name = f"{patient.given_name} {patient.family_name}"
        filing = actions.Filing(about=("patients.patient", _key(patient)), tags=("letter",))
        _filed(
            folders["Letters"],
            "Letter of the cardiologist",
            LETTER.format(name=name),
            filing,
            by,
            at,
        )
    _quarantined(folders["Forms"], by, at)


def _key(patient: Patient) -> UUID:
    return UUID(str(patient.pk))


def _folders(places: Places, manager: User, by: Actor) -> dict[str, Folder]:
    made: dict[str, Folder] = {}
    for name, retention, above in FOLDERS:
        made[name] = keeping.add_folder(
            name=name, retention_class=retention, parent=made.get(above), by=by
        )
    made["Equipment"] = keeping.add_folder(name="Equipment", location=places.lane, by=by)
    made["Contracts"] = keeping.share_folder(
        folder=made["Contracts"], is_closed=True, users=[manager], by=by
    )
    return made


def _filed(
    folder: Folder, title: str, words: str, filing: actions.Filing, by: Actor, at: datetime
) -> Document:
    return actions.add_document(
        folder=folder, file=_checked(title, words), by=by, at=at, filing=filing
    )


def _quarantined(folder: Folder, by: Actor, at: datetime) -> None:
    """As it looks in an office whose scanner does not answer."""
    filing = actions.Filing(title="Fax of an unknown sender", tags=("fax",))
    document = _filed(folder, "Fax", SAMPLE, filing, by, at)
    for version in document.versions.all():
        store.hold(version.pk, store.read(version.sha256))
    DocumentVersion.objects.filter(document=document).update(
        state="quarantined",
        is_current=False,
        scan_due_at=at,
        scan_says="The scanner does not answer.",
    )
    Document.objects.filter(pk=document.pk).update(state="quarantined")


def _checked(title: str, words: str) -> Checked:
    body = letter(title, words)
    return Checked(f"{title}.pdf", kinds.PDF, body, f"{title}\n{words}", 1, (), body)


def letter(title: str, words: str) -> bytes:
    """A page with a heading and a paragraph, drawn by hand: a hundred of them take no second."""
    paper = pikepdf.new()
    page = paper.add_blank_page(page_size=(612, 792))
    fonts = {
        name: pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{font}"),
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        for name, font in (("/Head", "Helvetica-Bold"), ("/Body", "Times-Roman"))
    }  # fmt: skip
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(fonts))
    lines = [b"BT /Body 9 Tf 72 740 Td (Harbor Medical Group) Tj 0 -40 Td /Head 18 Tf"]
    lines += [_line(each, 24) for each in wrap(title, 44)]
    lines += [b"/Body 12 Tf 0 -16 Td", *(_line(each, 17) for each in wrap(words, 82)), b"ET"]
    page.Contents = pikepdf.Stream(paper, b"\n".join(lines))
    out = io.BytesIO()
    paper.save(out, deterministic_id=True)
    return out.getvalue()


def _line(words: str, down: int) -> bytes:
    plain = words.encode("cp1252", "replace").replace(b"\\", b"\\\\")
    return b"(" + plain.replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj 0 -%d Td" % down
