"""The one decision (可见范围): how much of a dossier a reader may see. Everything that shows content asks here.

Pure: the caller states who reads, what, under which policy; the answer is a Decision with its reason in words.
Where no rule speaks the answer is NOTHING.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from webapp.domain.role import Role


class Level(IntEnum):
    """How much may be seen; each level includes those before it."""

    NOTHING = 0
    ROSTER = 1  # name, unit, post
    CATALOGUE = 2  # material titles, dates, page counts
    MASKED = 3  # page pixels and text with sensitive values burned out
    CLEAR = 4  # unmasked, still watermarked


class Rendition(StrEnum):
    """Which version of a page's pixels and text a reader gets."""

    CLEAR = "clear"
    MASKED = "masked"  # every kind of sensitive value covered
    OWN = "own"  # the reader's own values shown, other people's covered


class Standing(StrEnum):
    """What a reader is to a dossier. The caller names the strongest that holds, in this order."""

    OWN = "own"  # the dossier is about the reader
    RECUSED = "recused"  # about a relative, or the reader was recused (回避)
    CUSTODY = "custody"  # an archivist keeps it
    SCOPE = "scope"  # inside an official's lookup scope
    ORGANISATION = "organisation"  # elsewhere in the organisation


class Sensitivity(StrEnum):
    """How a material is guarded."""

    ORDINARY = "ordinary"
    RESTRICTED = "restricted"  # categories 五 and 八, 个人有关事项, 考察 and health papers: by grant only


class MaskState(StrEnum):
    """How far the masking of a page can be relied on."""

    UNKNOWN = "unknown"  # not read yet
    AUTO = "auto"  # a machine was sure
    VERIFIED = "verified"  # a person looked
    WITHHELD = "withheld"  # a machine was not sure: a person must look


class Preset(StrEnum):
    """The deployment's basic rule."""

    STANDARD = "standard"
    STRICT = "strict"  # every viewing needs an approval and two viewers; nobody views their own dossier


Levels = tuple[tuple[str, Level], ...]  # by leaf category, of those that differ from the usual

# What no policy opens further: what officials see without a grant, and individuals of their own dossier.
# Categories that carry what others said in confidence stay closed; the sanction a person was given is known to
# exist to them, its papers are asked for.
SCOPE_CEILINGS: dict[str, Level] = {"5": Level.ROSTER, "8": Level.ROSTER}
OWN_CEILINGS: dict[str, Level] = {"5": Level.ROSTER, "8": Level.CATALOGUE}


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of an instance (查阅规则); domain/policy.py says what each may be set to.

    own_dossier -- individuals may see their own dossier (never under STRICT)
    auto_masks -- a page masked by machine alone may be shown; otherwise a person verifies each page first
    scope_levels -- what officials see inside their lookup scope, of categories where it is less than MASKED
    own_levels -- the same of individuals and their own dossier
    approvers, clear_approvers -- how many approve a request for masked pages, and one for clear pages
    twofold -- leaf categories whose requests take two approvers anyhow
    longest_days, longest_minutes, furthest_days -- of a request: its term, its reading time, how far off it begins
    """

    preset: Preset
    own_dossier: bool
    auto_masks: bool
    scope_levels: Levels = ()
    own_levels: Levels = ()
    approvers: int = 1
    clear_approvers: int = 1
    twofold: frozenset[str] = frozenset()
    longest_days: int = 15
    longest_minutes: int = 480  # a working day
    furthest_days: int = 30  # nobody can judge today a reason that comes up in half a year

    def scope_level(self, category: str | None, sensitivity: Sensitivity | None) -> Level:
        """The most an official sees inside their scope without a grant; of a whole dossier with None."""
        return self._level(self.scope_levels, category, sensitivity, SCOPE_CEILINGS)

    def own_level(self, category: str | None, sensitivity: Sensitivity | None) -> Level:
        """The most an individual sees of their own dossier, where that is open at all."""
        return self._level(self.own_levels, category, sensitivity, OWN_CEILINGS)

    def _level(
        self,
        levels: Levels,
        category: str | None,
        sensitivity: Sensitivity | None,
        ceilings: dict[str, Level],
    ) -> Level:
        """The lower of what was decided and what may be decided: a policy written past its form opens nothing."""
        is_restricted = sensitivity is Sensitivity.RESTRICTED
        ceiling = ceilings.get(category or "", Level.ROSTER if is_restricted else Level.MASKED)
        return min(ceiling, dict(levels).get(category or "", Level.MASKED))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the role of this sitting and what they are to the dossier."""

    role: Role
    standing: Standing


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked about: a whole dossier (all None), a material (category, sensitivity) or a page (all three)."""

    category: str | None = None  # leaf code, e.g. "4-1"
    sensitivity: Sensitivity | None = None
    mask: MaskState | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `reason` is for the reader (Chinese), `rule` for the audit log (English)."""

    level: Level
    rendition: Rendition
    reason: str
    rule: str
    is_withheld: bool = False  # the right is there, the mask is not: a person must look at the page first

    @property
    def shows_roster(self) -> bool:
        """Name, unit and post may be shown."""
        return self.level >= Level.ROSTER

    @property
    def shows_catalogue(self) -> bool:
        """Titles, dates and page counts may be shown."""
        return self.level >= Level.CATALOGUE

    @property
    def shows_pages(self) -> bool:
        """Pixels and text may be shown, in this rendition."""
        return self.level >= Level.MASKED


def decide(reader: Reader, sought: Sought, policy: Policy, *, granted: Level = Level.NOTHING) -> Decision:
    """How much of what is sought the reader may see.

    granted -- the level of a live grant that covers it, NOTHING when there is none.
    """
    decision = _standing_right(reader, sought, policy)
    if granted > decision.level and decision.rule not in FINAL:
        decision = Decision(granted, _rendition_of(granted), "已获批准查阅", "grant")
    if decision.rendition is not Rendition.CLEAR and decision.shows_pages and not _mask_holds(sought, policy):
        return Decision(
            Level.CATALOGUE,
            decision.rendition,
            "此页的遮挡还需档案管理员核对，核对后即可查看",
            "mask-unverified",
            is_withheld=True,
        )
    return decision


# Rules that no grant overcomes.
FINAL = frozenset({"own-as-officer", "recused", "own-not-allowed", "not-own", "role-reads-nothing"})


def _standing_right(reader: Reader, sought: Sought, policy: Policy) -> Decision:
    """The right that needs no grant."""
    if reader.role is Role.INDIVIDUAL:
        return _own_right(reader, sought, policy)
    if reader.role not in (Role.OFFICIAL, Role.ARCHIVIST, Role.APPROVER):
        return _answer(Level.NOTHING, "此角色不接触档案内容", "role-reads-nothing")
    if reader.standing is Standing.OWN:
        return _answer(Level.NOTHING, "任何人不得以工作身份查阅本人档案", "own-as-officer")
    if reader.standing is Standing.RECUSED:
        return _answer(Level.NOTHING, "您与该干部存在回避关系，不能查阅", "recused")
    if reader.role is Role.ARCHIVIST and reader.standing is Standing.CUSTODY:
        return _answer(Level.CLEAR, "本人保管的档案", "custody")
    if reader.role is Role.OFFICIAL:
        return _official_right(reader, sought, policy)
    return _answer(Level.ROSTER, "不在您的保管或审批范围内", "outside-custody")


def _own_right(reader: Reader, sought: Sought, policy: Policy) -> Decision:
    if reader.standing is not Standing.OWN:
        return _answer(Level.NOTHING, "只能查看本人的档案", "not-own")
    if policy.preset is Preset.STRICT or not policy.own_dossier:
        return _answer(Level.NOTHING, "本单位没有开放本人查阅，需要时请向组织人事部门提出", "own-not-allowed")
    level = policy.own_level(sought.category, sought.sensitivity)
    reason = "本人档案" if level is Level.MASKED else "这类材料不直接向本人开放，需要时请向组织人事部门提出"
    return Decision(level, Rendition.OWN, reason, "own")


def _official_right(reader: Reader, sought: Sought, policy: Policy) -> Decision:
    most = policy.scope_level(sought.category, sought.sensitivity)
    if sought.sensitivity is Sensitivity.RESTRICTED:
        return _answer(most, "这类材料须经批准才能查阅", "restricted")
    if most < Level.CATALOGUE:
        return _answer(most, "本单位规定这类材料须经批准才能查阅", "category-by-request")
    if policy.preset is Preset.STRICT:
        return _answer(Level.CATALOGUE, "本单位规定每次查阅都须经批准", "strict")
    if reader.standing is not Standing.SCOPE:
        return _answer(Level.CATALOGUE, "不在您的查阅范围内，须经批准才能查看页面", "outside-scope")
    if most < Level.MASKED:
        return _answer(most, "本单位规定这类材料的页面须经批准才能查看", "category-titles-only")
    return _answer(most, "在您的查阅范围内", "scope")


def _mask_holds(sought: Sought, policy: Policy) -> bool:
    """True when the page's mask can be relied on, or no page is asked about."""
    if sought.mask is None or sought.mask is MaskState.VERIFIED:
        return True
    return sought.mask is MaskState.AUTO and policy.auto_masks


def _rendition_of(level: Level) -> Rendition:
    return Rendition.CLEAR if level is Level.CLEAR else Rendition.MASKED


def _answer(level: Level, reason: str, rule: str) -> Decision:
    return Decision(level, _rendition_of(level), reason, rule)
