"""What follows after the marks of a contest, in words: prizes, honours, stages, notice, appeals."""

from decimal import Decimal

from flask_babel import get_locale, gettext

from eventsys.events.rules import (
    APPEAL_CLOCKS,
    BOUNDARY_TIES,
    FEW_JUDGES,
    PRIZE_BASES,
    PRIZE_ROUNDINGS,
    TEAM_METHODS,
    CompetitionRules,
    ConsequenceRule,
)

Fact = tuple[str, str]
PERCENT = Decimal(100)


def number(value: Decimal) -> str:
    """A decimal without needless zeros."""
    return f"{value.normalize():f}"


def after_words(rules: CompetitionRules) -> list[Fact]:
    """Everything that follows after the marks; what a ruleset leaves out is left out here."""
    facts = [
        (gettext("When too few judges remain"), gettext(FEW_JUDGES[rules.few_judges])),
        (gettext("Prizes"), _prizes(rules)),
        (
            gettext("A tie across the border of two prizes"),
            gettext(BOUNDARY_TIES[rules.boundary_tie]),
        ),
        (gettext("Limits of prizes"), _limits(rules)),
        (gettext("Honours"), _honours(rules)),
        (gettext("What ranks earn besides"), _consequences(rules)),
        (gettext("Ranking of units"), _teams(rules)),
        (gettext("Selection"), _selection(rules)),
        (gettext("WorldSkills scale"), _scale(rules)),
        (gettext("Levels of anonymity"), str(rules.anonymity_levels)),
        (gettext("Signatures"), _signatures(rules)),
        (gettext("Re-check"), _recheck(rules)),
        (gettext("Public notice"), _notice(rules)),
        (gettext("Appeals"), _appeals(rules)),
    ]
    return [(term, words) for term, words in facts if words]


def _prizes(rules: CompetitionRules) -> str:
    shares = " / ".join(f"{number(one * PERCENT)}%" for one in rules.prize_ratios)
    return gettext(
        "first, second, third prize: %(shares)s; taken of: %(base)s; rounded: %(rounding)s",
        shares=shares,
        base=gettext(PRIZE_BASES[rules.prize_base]),
        rounding=gettext(PRIZE_ROUNDINGS[rules.prize_rounding]),
    )


def _limits(rules: CompetitionRules) -> str:
    words = []
    if rules.prize_min_score is not None:
        words.append(gettext("from a total of %(mark)s on", mark=number(rules.prize_min_score)))
    if rules.prize_min_counts:
        counts = " / ".join(map(str, rules.prize_min_counts))
        words.append(gettext("at least %(counts)s prizes", counts=counts))
    words += [
        gettext(
            "up to %(n)s entries: %(counts)s prizes",
            n=one.up_to,
            counts=" / ".join(map(str, one.counts)),
        )
        for one in rules.prize_fixed
    ]
    return gettext("; ").join(words)


def _honours(rules: CompetitionRules) -> str:
    words = []
    if rules.instructor_honours:
        words.append(gettext("instructors up to prize %(n)s", n=rules.instructor_honours))
    if rules.organisation_honours:
        words.append(gettext("the best %(n)s units", n=rules.organisation_honours))
    return gettext("; ").join(words)


def _consequences(rules: CompetitionRules) -> str:
    return gettext("; ").join(
        gettext(
            "ranks %(first)s to %(last)s: %(text)s",
            first=one.from_place,
            last=one.to_place,
            text=_text(one),
        )
        for one in rules.consequences
    )


def _text(one: ConsequenceRule) -> str:
    return one.text_en if one.text_en and str(get_locale()) == "en" else one.text


def _teams(rules: CompetitionRules) -> str:
    if not rules.team_best:
        return ""
    return gettext(
        "by their best %(n)s entries; %(method)s",
        n=rules.team_best,
        method=gettext(TEAM_METHODS[rules.team_method]),
    )


def _selection(rules: CompetitionRules) -> str:
    if not rules.selection_code:
        return ""
    return gettext(
        "the best %(n)s of track %(code)s; %(weight)s %% of the total come from there",
        n=rules.advance_count,
        code=rules.selection_code,
        weight=number(rules.selection_weight),
    )


def _scale(rules: CompetitionRules) -> str:
    if rules.scale is None:
        return ""
    return gettext(
        "estimated; centre %(center)s, spread %(spread)s; medals tied within %(gap)s points",
        center=rules.scale.center,
        spread=rules.scale.spread,
        gap=number(rules.scale.tie_gap),
    )


def _signatures(rules: CompetitionRules) -> str:
    return gettext("sheets and lock by hand on the device") if rules.drawn_signatures else ""


def _recheck(rules: CompetitionRules) -> str:
    top = number(rules.recheck_top)
    if rules.recheck_top_mode == "percent":
        best = gettext("the top %(n)s %%", n=top)
    else:
        best = gettext("the best %(n)s", n=top)
    return gettext(
        "%(best)s and %(sample)s %% of the rest; everything above %(limit)s %% errors",
        best=best,
        sample=number(rules.recheck_sample),
        limit=number(rules.recheck_error_limit),
    )


def _notice(rules: CompetitionRules) -> str:
    if not rules.notice_minutes and not rules.notice_workdays:
        return gettext("none; results are final as soon as they are public")
    if not rules.notice_workdays:
        return gettext("%(n)s minutes", n=rules.notice_minutes)
    return gettext(
        "%(n)s minutes on the spot, %(days)s working days altogether",
        n=rules.notice_minutes,
        days=rules.notice_workdays,
    )


def _appeals(rules: CompetitionRules) -> str:
    words = gettext(
        "within %(n)s minutes; %(clock)s; answered within %(answer)s minutes; levels: %(levels)s",
        n=rules.appeal_minutes,
        clock=gettext(APPEAL_CLOCKS[rules.appeal_clock]),
        answer=rules.appeal_response_minutes,
        levels=rules.appeal_levels,
    )
    if rules.appeal_deposit:
        deposit = number(Decimal(rules.appeal_deposit) / PERCENT)
        return gettext("%(words)s; deposit %(deposit)s yuan", words=words, deposit=deposit)
    return words
