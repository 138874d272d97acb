"""The forty people who work here, the twelve of them whom patients are booked with, and the demo's accounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as GrantedPermission

from access.models import LocationGrant, User
from demo import names, npi
from demo.places import Places
from kernel.text import search_key
from office.roles import Role
from staff.models import Employee, Practitioner


@dataclass(frozen=True)
class Person:
    """One line of the staff list."""

    family: str
    given: str
    position: str
    department: str
    boss: str  # a family name
    sites: str  # letters: L(ane) H(ill) W(est)
    qualification: str = ""
    specialty: str = ""
    preferred: str = ""
    fte: str = "1"
    account: str = ""


NURSES = "Nurse room"  # the specialty of the column that nurses take in turn

# Whoever others report to stands before them.
STAFF = (
    Person("Santos", "Marisa", "Practice manager", "Management", "", "LHW", account="manager"),
    Person("Osei", "Amara", "Physician", "Medical", "Santos", "L", "MD", "Family medicine", account="physician"),
    Person("Kessler", "Dieter", "Physician", "Medical", "Osei", "L", "MD", "Internal medicine"),
    Person("Raman", "Priya", "Physician", "Medical", "Osei", "L", "MD", "Internal medicine"),
    Person("Nakamura", "Genji", "Physician", "Medical", "Osei", "L", "MD", "Family medicine"),
    Person("Whitfield", "Opal", "Physician", "Medical", "Osei", "L", "DO", "Family medicine"),
    Person("Brandt", "Lena", "Nurse practitioner", "Medical", "Osei", "L", "NP", "Family medicine"),
    Person("Bell", "Marcus", "Physician assistant", "Medical", "Osei", "L", "PA", "Family medicine"),
    Person("Petrova", "Yelena", "Physician", "Medical", "Osei", "LH", "DO", "Pediatrics"),
    Person("Ferreira", "João", "Physician", "Medical", "Osei", "H", "MD", "Family medicine"),
    Person("Lindqvist", "Astrid", "Physician", "Medical", "Osei", "LW", "MD", "Internal medicine"),
    Person("Haddad", "Rania", "Nurse practitioner", "Medical", "Osei", "W", "NP", "Family medicine"),
    Person("Adeyemi", "Tunde", "Charge nurse", "Nursing", "Santos", "LH", "RN", NURSES, account="nurse"),
    Person("Castro-Lima", "Inês", "Registered nurse", "Nursing", "Adeyemi", "L", "RN"),
    Person("Fitzgerald", "Moira", "Registered nurse", "Nursing", "Adeyemi", "H", "RN"),
    Person("Alvarado", "Luz", "Medical assistant", "Nursing", "Adeyemi", "L"),
    Person("Nguyễn", "Thảo", "Medical assistant", "Nursing", "Adeyemi", "L"),
    Person("Mbeki-Hall", "Sipho", "Medical assistant", "Nursing", "Adeyemi", "L", fte="0.80"),
    Person("Larsen", "Mia", "Medical assistant", "Nursing", "Adeyemi", "L"),
    Person("Delacroix", "Étienne", "Medical assistant", "Nursing", "Adeyemi", "L"),
    Person("Kowalski", "Zofia", "Medical assistant", "Nursing", "Adeyemi", "H"),
    Person("Grant", "Tyrell", "Medical assistant", "Nursing", "Adeyemi", "H", preferred="Ty"),
    Person("Yazzie", "Shandiin", "Medical assistant", "Nursing", "Adeyemi", "W"),
    Person("Moss", "Gideon", "Laboratory technician", "Laboratory", "Adeyemi", "L"),
    Person("Park", "Ji-woo", "Laboratory technician", "Laboratory", "Adeyemi", "H"),
    Person("Bianchi", "Chiara", "Sonographer", "Imaging", "Santos", "LH", fte="0.60"),
    Person("Tully", "Maria", "Front desk lead", "Front desk", "Santos", "LH", account="frontdesk"),
    Person("Okonjo", "Blessing", "Front desk", "Front desk", "Tully", "L"),
    Person("Reyes", "Antonio", "Front desk", "Front desk", "Tully", "L", preferred="Tony"),
    Person("Sundaram", "Kavya", "Front desk", "Front desk", "Tully", "L", fte="0.50"),
    Person("McAllister", "Bonnie", "Front desk", "Front desk", "Tully", "H"),
    Person("Ortega", "Xiomara", "Front desk", "Front desk", "Tully", "W"),
    Person("Hoang", "Minh", "Call center", "Front desk", "Tully", "L"),
    Person("Ellery", "Simone", "Referral coordinator", "Front desk", "Tully", "L"),
    Person("Goldberg", "Naomi", "Billing lead", "Billing", "Santos", "LHW", account="biller"),
    Person("Quist", "Peder", "Biller", "Billing", "Goldberg", "L"),
    Person("Robinson", "Delia", "Biller", "Billing", "Goldberg", "L", fte="0.75"),
    Person("Abernathy", "Joyce", "HR manager", "Human resources", "Santos", "LHW", account="hr"),
    Person("Zhang", "Wenyi", "Privacy officer", "Compliance", "Santos", "LHW", account="privacy"),
    Person("Petit-Frère", "Jude", "Systems administrator", "Management", "Santos", "LHW", account="admin"),
)  # fmt: skip

ACCOUNT_ROLES = {
    "manager": Role.MANAGER,
    "frontdesk": Role.FRONT_DESK,
    "physician": Role.PHYSICIAN,
    "nurse": Role.NURSE,
    "biller": Role.BILLER,
    "hr": Role.HR,
    "privacy": Role.PRIVACY,
    "admin": Role.ADMINISTRATOR,
}
PRESCRIBERS, PHYSICIANS = {"MD", "DO", "NP", "PA"}, {"MD", "DO"}
AT_TWO_SITES = {"frontdesk", "nurse", "physician"}
DOMAIN = "demo.office"
OWN_COLUMN = "Osei"  # the physician account's


@dataclass(frozen=True)
class People:
    """Employees and practitioners by family name; within the demo's staff these are unique."""

    employees: dict[str, Employee]
    practitioners: dict[str, Practitioner]


def make_people(places: Places, today: date, chance: Random) -> People:
    accounts = make_accounts(places)
    employees: dict[str, Employee] = {}
    for person in STAFF:
        employees[person.family] = _employee(person, accounts, employees, today, chance)
    Employee.objects.bulk_create(employees.values())
    practitioners = {
        person.family: Practitioner(
            employee=employees[person.family],
            family_name=person.family,
            given_name=person.given,
            qualification=person.qualification,
            specialty=person.specialty,
            npi=npi.invented(number),
        )
        for number, person in enumerate(each for each in STAFF if each.specialty)
    }
    Practitioner.objects.bulk_create(practitioners.values())
    _place(employees, practitioners, places)
    return People(employees, practitioners)


def known_people() -> People:
    """The demo's staff of an earlier run; who was taken on by users since is not among them."""
    families = [person.family for person in STAFF]
    employees = Employee.objects.filter(family_name__in=families).order_by("-created_at", "-id")
    practitioners = Practitioner.objects.filter(employee__in=employees, is_external=False)
    return People(
        {each.family_name: each for each in employees},
        {each.family_name: each for each in practitioners},
    )


def _employee(
    person: Person,
    accounts: dict[str, User],
    known: dict[str, Employee],
    today: date,
    chance: Random,
) -> Employee:
    return Employee(
        user=accounts.get(person.account),
        family_name=person.family,
        given_name=person.given,
        preferred_name=person.preferred,
        position=person.position,
        department=person.department,
        supervisor=known.get(person.boss),
        fte=person.fte,
        phone=names.phone(chance, 212),
        email=_mailbox(person),
        hired_date=today - timedelta(days=chance.randrange(40, 4800)),
        search_key=search_key(f"{person.family} {person.given} {person.preferred}"),
    )


def _mailbox(person: Person) -> str:
    name = f"{person.account}@{DOMAIN}" if person.account else ""
    letters = search_key(f"{person.given[:1]} {person.family}").replace(" ", "")
    return name or f"{letters}@example.org"


def _place(
    employees: dict[str, Employee], practitioners: dict[str, Practitioner], places: Places
) -> None:
    sites = dict(zip("LHW", places.all, strict=True))
    of_employee, of_practitioner = Employee.locations.through, Practitioner.locations.through
    of_employee.objects.bulk_create(
        of_employee(employee_id=employees[person.family].pk, location_id=sites[letter].pk)
        for person in STAFF
        for letter in person.sites
    )
    of_practitioner.objects.bulk_create(
        of_practitioner(
            practitioner_id=practitioners[person.family].pk, location_id=sites[letter].pk
        )
        for person in STAFF
        if person.specialty
        for letter in person.sites
    )


def make_accounts(places: Places) -> dict[str, User]:
    """One account a role; nobody can sign in to them with a password."""
    users = {
        person.account: User(
            email=f"{person.account}@{DOMAIN}",
            name=f"{person.given} {person.family}",
            password=make_password(None),
            is_demo=True,
            preferences={"place": str(places.lane.pk)},  # where the day is busy
        )
        for person in STAFF
        if person.account
    }
    User.objects.bulk_create(users.values())
    groups = {group.name: group for group in Group.objects.filter(name__in=ACCOUNT_ROLES.values())}
    User.groups.through.objects.bulk_create(
        User.groups.through(user_id=user.pk, group_id=groups[ACCOUNT_ROLES[account]].pk)
        for account, user in users.items()
    )
    work_at = GrantedPermission.objects.get(content_type__app_label="office", codename="work_at")
    LocationGrant.objects.bulk_create(
        LocationGrant(user=user, permission=work_at, content_object=location)
        for account, user in users.items()
        for location in (places.all[:2] if account in AT_TWO_SITES else places.all)
    )
    return users
