"""Whom Harbor Medical Group calls: invented names, numbers of the range kept for stories."""

from demo.places import Places
from desk.actions.parties import words_to_find
from desk.models import Party

# kind | name | phone | other phone | fax | ask for | our account | notes | only for the site
TABLE = """
emergency|911: fire, police, ambulance|911|||||Say the address first; it stands on this sheet.|
emergency|Poison center|555-0122||||||
emergency|Building security, Harbor Lane|555-0191|555-0192||Front gate|||L
emergency|Gas and water, after hours|555-0155||||||
emergency|Alarm company|555-0163|||Password is with the manager|||
emergency|Answering service|555-0177||||HMG-4471|Takes the phones from 6 pm.|
lab|Bayside Clinical Laboratory|555-0113|555-0114|555-0115|Client services|C-20881|Pick-up 5:30 pm and overnight box.|
lab|Harborview Pathology|555-0128||555-0129|Ms. Ito|HP 771||
imaging|Northgate Imaging|555-0131||555-0132|Scheduling||MRI and CT; reports within two days.|
pharmacy|Corner Pharmacy|555-0135||555-0136|Raj||Delivers until 7 pm.|L
pharmacy|Beacon Hill Drugs|555-0138||555-0139||||H
referral|Harborview Cardiology|555-0141||555-0142|Referral desk||Sends letters by fax.|
referral|Westbrook Orthopedics|(312) 555-0143||(312) 555-0144|Lindy|||W
referral|Dr. Amadi, dermatology|555-0146||555-0147|||Refers to us for internal medicine.|
hospital|Harborview General Hospital|555-0150|555-0151|555-0152|Admissions|||
agency|County health department|555-0158||555-0159|Immunization desk|VFC 30417||
agency|BrightStaff temporary help|555-0161|||Colleen|44-118|Medical assistants within a day.|
agency|Lingua interpreters|555-0165|555-0166||Dispatch|HMG|Spanish, Polish, Vietnamese, sign language.|
payer|Blue Harbor Health, provider line|555-0168||||88-2231||
vendor|MedSupply East|555-0171||555-0172|Oscar|M-10427|Order before noon, comes the next day.|
vendor|CopyTech office machines|555-0174|||Service desk|7781||
vendor|CleanCycle medical waste|555-0176||||CC-903|Wednesdays.|
service|Landlord, Harbor Lane|555-0181|||Mr. Brody|||L
service|Kim & Sons plumbing|555-0183||||||
service|Harbor IT support|555-0185|555-0186||Ticket line|||
"""
CITY = "(212) "


def make_parties(places: Places) -> None:
    sites = dict(zip("LHW", places.all, strict=True))
    rows, where = [], []
    for line in TABLE.strip().splitlines():
        kind, name, phone, other, fax, contact, account, notes, site = line.split("|")
        party = Party(
            kind=kind, name=name, phone=_whole(phone), other_phone=_whole(other), fax=_whole(fax),
            contact=contact, account_number=account, notes=notes,
        )  # fmt: skip
        party.search_key = words_to_find(party)
        rows.append(party)
        if site:
            where.append((party, sites[site]))
    Party.objects.bulk_create(rows)
    through = Party.locations.through
    through.objects.bulk_create(
        through(party_id=party.pk, location_id=place.pk) for party, place in where
    )


def _whole(number: str) -> str:
    return CITY + number if number.startswith("555") else number
