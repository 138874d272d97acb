from patients.forms.person import ChangeForm, QuickForm, RegistrationForm
from patients.forms.reach import AddressForm, ContactForm, EndForm, RelatedForm

__all__ = [
    "AddressForm",
    "ChangeForm",
    "ContactForm",
    "EndForm",
    "QuickForm",
    "RegistrationForm",
    "RelatedForm",
]
