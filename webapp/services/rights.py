"""One reader before one dossier (查阅权): standing, policy and live grants, loaded once for many decisions."""

from dataclasses import dataclass

from webapp.domain.category import Category
from webapp.domain.disclosure import (
    Decision,
    Level,
    MaskState,
    Policy,
    Reader,
    Sensitivity,
    Sought,
    awaits_second,
    decide,
)
from webapp.domain.grant import Grant
from webapp.services import grants
from webapp.storage.archive import Material
from webapp.storage.pages import Page


@dataclass(frozen=True, slots=True)
class Rights:
    """Who reads, by which policy, and the grants on this dossier that are in force."""

    reader: Reader
    policy: Policy
    grants: tuple[Grant, ...] = ()

    def decide(self, material: Material | None = None, page: Page | None = None) -> Decision:
        """How much of the dossier, of one material, or of one page of it, may be seen."""
        if material is None:
            return decide(self.reader, Sought(), self.policy)
        mask = MaskState(page.mask_state) if page is not None else None
        sought = Sought(material.category, Sensitivity(material.sensitivity), mask)
        opening = grants.opening(self.grants, material)
        granted, is_for_two = (opening.level, opening.is_for_two) if opening else (Level.NOTHING, False)
        return decide(self.reader, sought, self.policy, granted=granted, is_for_two=is_for_two)

    def decide_category(self, category: Category, sensitivity: Sensitivity) -> Decision:
        """The same for any material of a category, whether or not there is one."""
        granted = (grant.level_for_category(category.code, sensitivity) for grant in self.grants)
        sought = Sought(category.code, sensitivity)
        return decide(self.reader, sought, self.policy, granted=max(granted, default=Level.NOTHING))

    def grant_for(self, material: Material) -> Grant | None:
        """The grant by which a material is read; None where the standing right suffices or nothing opens it."""
        is_by_grant = self.decide(material).rule == "grant"
        return grants.opening(self.grants, material) if is_by_grant else None

    def awaits_second(self, material: Material) -> bool:
        """True when its pages would be open, were a second officer there."""
        grant = self.grant_for(material)
        is_for_two = grant is not None and grant.is_for_two
        return self.decide(material).shows_pages and awaits_second(
            self.reader, self.policy, is_for_two=is_for_two
        )

    @property
    def wants_company(self) -> bool:
        """True when a second officer would open something here: pages, or copies under a grant for two."""
        is_for_two = any(grant.is_for_two for grant in self.grants)
        return awaits_second(self.reader, self.policy, is_for_two=is_for_two)
