"""Ties (回避关系): whose dossiers an officer keeps away from, and which officers, by the register and by themselves."""

from webapp.storage.accounts import Officer, Recusal


def subjects(person: Officer) -> frozenset[int]:
    """Row ids of the subjects whose dossiers this officer has no hand in: relatives and themselves."""
    register = Recusal.select(Recusal.subject).where(Recusal.officer == person).tuples()
    found = frozenset(subject for (subject,) in register)
    return found | {person.subject_id} if person.subject_id else found


def officers(person: Officer) -> frozenset[int]:
    """Row ids of the officers tied to this one, whichever of the two the register names as the one to keep away."""
    named = Recusal.select(Recusal.subject).where(Recusal.officer == person)
    naming = Recusal.select(Recusal.officer).where(Recusal.subject == person.subject_id)
    tied = Officer.select(Officer.id).where(Officer.subject.in_(named) | Officer.id.in_(naming))
    return frozenset(officer for (officer,) in tied.tuples())
