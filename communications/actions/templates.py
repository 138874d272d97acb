"""The words of messages: every change is a new version, and what was sent keeps the one it had."""

from datetime import datetime

from communications import kinds, wording
from communications.kinds import Words
from communications.models import Template, TemplateVersion, Way
from communications.permissions import Permission
from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid, StaleVersion


@act(permission=Permission.WRITE_TEMPLATES)
def write_template(
    *, kind: str, way: str, language: str, words: Words, seen_number: int, by: Actor, at: datetime
) -> TemplateVersion:
    """
    Put new words in use from now on. `seen_number`: the version they were written over, 0 for the shipped one.

    :raises Invalid: no such kind, way or field, or no words
    :raises StaleVersion: somebody else changed them meanwhile
    """
    known = kinds.of(kind)
    if known is None or way not in Way.values:
        raise Invalid("There is no such message.")
    if not language.strip():
        raise Invalid("Say which language, such as en or es.", field="language")
    wording.check(words, known, way)
    Template.objects.get_or_create(kind=kind, way=way, language=language)
    template = Template.objects.select_for_update().get(kind=kind, way=way, language=language)
    last = template.versions.order_by("-number").first()
    if (last.number if last else 0) != seen_number:
        raise StaleVersion(template, {"text": words.text, "subject_line": words.subject_line})
    made = TemplateVersion.objects.create(
        template=template, number=seen_number + 1, subject_line=words.subject_line.strip(),
        text=words.text.strip(), made_at=at, made_by=by.name[:200],
    )  # fmt: skip
    template.raise_version()
    acts.note(template, number=made.number)
    return made
