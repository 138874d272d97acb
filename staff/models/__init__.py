from staff.models.credential import Credential, CredentialKind
from staff.models.employee import Employee
from staff.models.practitioner import Practitioner
from staff.models.time import EmployeeTime

__all__ = ["Credential", "CredentialKind", "Employee", "EmployeeTime", "Practitioner"]
