"""The rules of an instance as people set them (查阅规则): what each may be set to, what it does, how two sets differ.

Each rule is written as a short code, in forms, in the database and in the log alike. What is below the regulation's
floor is no choice of any rule: categories 五 and 八 and restricted papers stay closed and take two approvers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from webapp.domain.category import CODES, GUARDED_CATEGORIES, Category
from webapp.domain.disclosure import OWN_CEILINGS, SCOPE_CEILINGS, Level, Levels, Policy, Preset
from webapp.domain.errors import Invalid


class ChangeState(StrEnum):
    """Where a proposed policy stands."""

    WAITING = "waiting"  # for a second person
    MADE = "made"  # a version: in force, or followed by another
    DROPPED = "dropped"


class Topic(StrEnum):
    """What a rule is about: a heading of the form."""

    BASIS = "basis"
    APPROVERS = "approvers"
    LIMITS = "limits"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a rule may be set to, in words, and what it does in one line."""

    code: str
    words: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    read -- its code in a policy
    choices -- the tightest first; a number has none, but the least and the most it may be, and its unit
    category -- leaf code, for what is said of one category
    """

    key: str
    label: str
    topic: Topic
    read: Callable[[Policy], str]
    choices: tuple[Choice, ...] = ()
    least: int = 0
    most: int = 0
    unit: str = ""
    hint: str = ""
    category: str = ""

    @property
    def title(self) -> str:
        """The label, with the category before it."""
        if not self.category:
            return self.label
        category = Category(self.category)
        return f"{category.display} {category.title()} · {self.label}"

    @property
    def is_fixed(self) -> bool:
        """Nothing to choose: the regulation's floor leaves one answer."""
        return len(self.choices) == 1

    def checked(self, code: str) -> str:
        """A code that this rule may be set to. Raises Invalid."""
        if self.choices:
            if code not in [choice.code for choice in self.choices]:
                raise Invalid(f"“{self.title}”不能这样设置")
            return code
        plain = code.strip()
        if not (plain.isascii() and plain.isdigit() and self.least <= int(plain[:9]) <= self.most):
            raise Invalid(f"“{self.label}”须为 {self.least} 到 {self.most} {self.unit}")
        return str(int(plain))

    def words(self, code: str) -> str:
        """What a code says."""
        named = {choice.code: choice.words for choice in self.choices}
        return named.get(code) or f"{code} {self.unit}"

    def looseness(self, code: str) -> int:
        """Larger is looser."""
        return [choice.code for choice in self.choices].index(code) if self.choices else int(code)


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that two policies set differently."""

    rule: Rule
    old: str
    new: str

    @property
    def is_looser(self) -> bool:
        """The new one gives more, or asks less."""
        return self.rule.looseness(self.new) > self.rule.looseness(self.old)

    @property
    def old_words(self) -> str:
        """What held before."""
        return self.rule.words(self.old)

    @property
    def new_words(self) -> str:
        """What holds instead."""
        return self.rule.words(self.new)


def coded(policy: Policy) -> dict[str, str]:
    """A policy by key and code; of categories only those that differ from the usual."""
    codes = ((rule, rule.read(policy)) for rule in RULES)
    return {rule.key: code for rule, code in codes if not rule.category or code != _USUAL[rule.key]}


def decoded(codes: Mapping[str, str]) -> Policy:
    """The policy that codes say; what is not named is as usual. Raises Invalid for what no rule may be set to."""
    return _decoded(frozenset((rule.key, codes[rule.key]) for rule in RULES if rule.key in codes))


def differences(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """What changes from one policy to the other, in the order of the form."""
    pairs = ((rule, rule.read(old), rule.read(new)) for rule in RULES)
    return tuple(Difference(rule, before, after) for rule, before, after in pairs if before != after)


def in_effect(policy: Policy) -> Policy:
    """The policy said as it holds, for people to read: what its preset overrules is written as overruled."""
    is_strict = policy.preset is Preset.STRICT
    most = Level.CATALOGUE if is_strict else Level.MASKED
    is_own_open = policy.own_dossier and not is_strict
    own_most = Level.MASKED if is_own_open else Level.ROSTER
    return replace(
        policy,
        own_dossier=is_own_open,
        scope_levels=tuple((code, min(most, policy.scope_level(code, None))) for code in CODES),
        own_levels=tuple((code, min(own_most, policy.own_level(code, None))) for code in CODES),
    )


@lru_cache(maxsize=16)
def _decoded(codes: frozenset[tuple[str, str]]) -> Policy:
    given = {**_USUAL, **dict(codes)}
    held = {rule.key: rule.checked(given[rule.key]) for rule in RULES}
    return Policy(
        preset=Preset(held["preset"]),
        own_dossier=held["own_dossier"] == "yes",
        auto_masks=held["auto_masks"] == "yes",
        scope_levels=_levels(held, "scope", SCOPE_CEILINGS),
        own_levels=_levels(held, "own", OWN_CEILINGS),
        approvers=int(held["approvers"]),
        clear_approvers=int(held["clear_approvers"]),
        twofold=frozenset(
            code for code in CODES if held[f"two-{code}"] == "yes" and code not in GUARDED_CATEGORIES
        ),
        longest_days=int(held["longest_days"]),
        longest_minutes=int(held["longest_minutes"]),
        furthest_days=int(held["furthest_days"]),
    )


def _levels(held: Mapping[str, str], who: str, ceilings: Mapping[str, Level]) -> Levels:
    chosen = ((code, Level[held[f"{who}-{code}"].upper()]) for code in CODES)
    return tuple((code, level) for code, level in chosen if level < ceilings.get(code, Level.MASKED))


_COUNTS = (Choice("2", "两位先后同意"), Choice("1", "一位同意"))


def _flag(value: bool) -> str:
    return "yes" if value else "no"


_BASIC = (
    Rule(
        "preset", "基本规则", Topic.BASIS, lambda policy: policy.preset.value,
        (
            Choice("strict", "从严（strict）", "查阅人每次查阅都须经批准，并有另一位同阅；本人不能看自己的档案"),
            Choice("standard", "一般（standard）", "查阅人在自己的范围内可以直接看遮挡后的页面，范围外须经批准"),
        ),
    ),
    Rule(
        "own_dossier", "本人查阅", Topic.BASIS, lambda policy: _flag(policy.own_dossier),
        (
            Choice("no", "不开放", "本人看不到自己的档案，也看不到谁看过"),
            Choice("yes", "开放", "本人可以看自己的档案，按下面各类的规定；基本规则从严时仍不开放"),
        ),
    ),
    Rule(
        "auto_masks", "机器遮挡", Topic.BASIS, lambda policy: _flag(policy.auto_masks),
        (
            Choice("no", "先由人核对", "每一页都要档案管理员核对遮挡以后才能看"),
            Choice("yes", "机器有把握的直接可看", "机器拿不准的页面仍由人核对"),
        ),
    ),
    Rule(
        "approvers", "遮挡页审批", Topic.APPROVERS, lambda policy: str(policy.approvers), _COUNTS,
        hint="申请看遮挡后的页面，几位审批人同意才生效",
    ),
    Rule(
        "clear_approvers", "原样页审批", Topic.APPROVERS, lambda policy: str(policy.clear_approvers), _COUNTS,
        hint="申请看没有遮挡的页面，几位审批人同意才生效",
    ),
    Rule(
        "longest_days", "查阅期限最长", Topic.LIMITS, lambda policy: str(policy.longest_days), (), 1, 90, "天",
        "从可以看的第一天到最后一天",
    ),
    Rule(
        "longest_minutes", "阅读时长最长", Topic.LIMITS, lambda policy: str(policy.longest_minutes), (), 10, 1440,
        "分钟", "一次批准总共可以读多久，打开页面才计时",
    ),
    Rule(
        "furthest_days", "最多提前", Topic.LIMITS, lambda policy: str(policy.furthest_days), (), 0, 90, "天",
        "申请的开始日期离今天最远几天",
    ),
)  # fmt: skip

_IN_SCOPE = {
    Level.ROSTER: Choice("roster", "须经批准，目录也不列"),
    Level.CATALOGUE: Choice("catalogue", "只列目录，页面须经批准"),
    Level.MASKED: Choice("masked", "可看遮挡后的页面"),
}
_OF_ONES_OWN = {
    Level.ROSTER: Choice("roster", "不列出"),
    Level.CATALOGUE: Choice("catalogue", "只列目录"),
    Level.MASKED: Choice("masked", "可看"),
}
_FOLD = (Choice("yes", "一律两位审批人"), Choice("no", "按一般规定"))


def _up_to(ceiling: Level, choices: Mapping[Level, Choice]) -> tuple[Choice, ...]:
    return tuple(choice for level, choice in choices.items() if level <= ceiling)


def _of_category(code: str) -> tuple[Rule, Rule, Rule]:
    """What officials in scope and the person themselves see of a category, and how many approve."""

    def in_scope(policy: Policy) -> str:
        return policy.scope_level(code, None).name.lower()

    def of_ones_own(policy: Policy) -> str:
        return policy.own_level(code, None).name.lower()

    def twofold(policy: Policy) -> str:
        return _flag(code in GUARDED_CATEGORIES or code in policy.twofold)

    seen = _up_to(SCOPE_CEILINGS.get(code, Level.MASKED), _IN_SCOPE)
    own = _up_to(OWN_CEILINGS.get(code, Level.MASKED), _OF_ONES_OWN)
    fold = _FOLD[:1] if code in GUARDED_CATEGORIES else _FOLD
    return (
        Rule(f"scope-{code}", "范围内的查阅人", Topic.CATEGORY, in_scope, seen,
             hint="不经申请，能看到这一类的什么", category=code),
        Rule(f"own-{code}", "本人", Topic.CATEGORY, of_ones_own, own,
             hint="开放本人查阅时，能看到这一类的什么", category=code),
        Rule(f"two-{code}", "审批", Topic.CATEGORY, twofold, fold,
             hint="申请看这一类，几位审批人同意才生效", category=code),
    )  # fmt: skip


RULES: tuple[Rule, ...] = (*_BASIC, *(rule for code in CODES for rule in _of_category(code)))
# What holds of a rule that nobody decided about: it came later than the instance. What making one asks is never among
# them, and would be the tight answer.
_USUAL = {rule.key: rule.read(Policy(Preset.STRICT, own_dossier=False, auto_masks=False)) for rule in RULES}
