"""Charts of groups and places: along the gradient with its line, or one below another with their intervals."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from jsna_desktop.packs.gradient import Funnel
from jsna_desktop.packs.life import Group, Slope
from jsna_desktop.packs.sheet import PAGE, Chart, Sheet, Style, axis_range, not_given, plain, wrapped


def whole_gradient(
    groups: Sequence[Group], slope: Slope | None, width: float, height: float, style: Style = PAGE, unit: str = "years"
) -> Chart:
    """Groups from the most to the least deprived with their intervals, and the fitted line."""
    sheet = Sheet(width, height, style)
    em = style.size * 0.3528
    middles = slope.middles if slope is not None else (np.arange(len(groups)) + 0.5) / max(len(groups), 1)
    left, right, top = 4.6 * em, width - 3.0 * em, height - 1.0 * em
    names = [group.name.removesuffix(" fifth").removesuffix(" tenth") for group in groups]
    # Where the name of an end would run into the number beside it, it takes two lines.
    room = (right - left) * float(min(middles[1], 1 - middles[-2])) - em if len(groups) > 2 else right - left
    names = [wrapped(name, 8) if len(name) * 0.5 * em > room else name for name in names]
    floor = (2.8 + 1.2 * max(name.count("\n") for name in names)) * em
    values = np.array([not_given(part) for g in groups for part in (g.value, g.lower, g.upper)])
    ends = np.array(slope.ends if slope is not None else [])
    low, high, step = axis_range(np.concatenate([values, ends]), max(3, int((top - floor) / (2.0 * em))))

    def up(value: Any) -> Any:
        return floor + (value - low) / (high - low) * (top - floor)

    def along(share: Any) -> Any:
        return left + share * (right - left)

    for tick in np.arange(low, high + step / 2, step):
        sheet.grid((left, right), up(tick), f"{tick:,g}")
    if slope is not None:
        sheet.axes.plot([along(0), along(1)], up(ends), color=style.second, linewidth=1.3, linestyle=(0, (4, 2.5)))
    for at, group in enumerate(groups):
        x = along(middles[at])
        outer = at in (0, len(groups) - 1)
        side = {0: "left", len(groups) - 1: "right"}.get(at, "center")
        place = x if not outer else along(0) if at == 0 else along(1)
        crowded = len(groups) > 6 and at in (1, len(groups) - 2)  # beside the words at the ends
        if not crowded:
            said = names[at] if outer else str(at + 1)
            sheet.text(place, floor - 1.0 * em, said, ha=side, va="top", color=style.muted)
        if group.value is None:
            sheet.spot(x, floor, f"{group.name}: {group.note or 'no value'}")
            continue
        if group.lower is not None and group.upper is not None:
            limits = up(np.array([group.lower, group.upper]))
            sheet.axes.plot([x, x], limits, color=style.first, linewidth=1.5, zorder=3)
        sheet.axes.plot(x, up(group.value), "o", markersize=style.size * 0.85, color=style.first, mew=0, zorder=4)
        sheet.spot(float(x), float(up(group.value)), f"{group.name}: {_said(group)}")
    alt = f"Chart of {len(groups)} groups from the most to the least deprived: "
    alt += "; ".join(f"{g.name} {_said(g)}" for g in groups)
    fitted = f" A fitted line falls or rises with them: {slope.said}." if slope is not None else ""
    return sheet.done(f"{alt}.{fitted} The numbers are in the table.")


def dots(
    groups: Sequence[Group],
    width: float,
    height: float,
    style: Style = PAGE,
    axis: str = "",
    along_with: Sequence[Group] = (),
) -> Chart:
    """Places one below another, a point with its interval; the view's own filled and strong.

    The axis holds `along_with` too: charts side by side are then read against each other.
    """
    sheet = Sheet(width, height, style)
    em = style.size * 0.3528
    names = [wrapped(group.name, max(16, int(0.45 * width / (0.53 * em)))) for group in groups]
    longest = max((len(part) for name in names for part in name.split("\n")), default=4)
    left = min(longest * em * 0.5 + 2 * em, width * 0.5)
    most = max((one.value for one in (*groups, *along_with) if one.value is not None), default=0.0)
    right = width - (len(f"{most:,.1f}") * 0.55 + 1.6) * em
    floor, top = (4.2 if axis else 2.6) * em, height - 0.4 * em
    values = np.array([not_given(part) for g in (*groups, *along_with) for part in (g.value, g.lower, g.upper)])
    tick = (len(f"{most:,.0f}") * 0.62 + 1.2) * em
    low, high, step = axis_range(values, max(3, int((right - left) / tick)))
    pitch = min((top - floor) / max(len(groups), 1), 4.0 * em)

    def along(value: Any) -> Any:
        return left + (value - low) / (high - low) * (right - left)

    foot = top - pitch * len(groups)
    for tick in np.arange(low, high + step / 2, step):
        sheet.grid((foot, top), float(along(tick)), f"{tick:,g}", upright=True)
    if axis:
        sheet.text((left + right) / 2, foot - 2.5 * em, axis, ha="center", va="top", color=style.muted)
    for at, group in enumerate(groups):
        y = top - (at + 0.5) * pitch
        colour = style.second if group.own else style.muted
        weight = "semibold" if group.own else "normal"
        sheet.text(left - 1.2 * em, y, names[at], ha="right", va="center", weight=weight, linespacing=1.15)
        if group.value is None:
            sheet.text(left + 0.6 * em, y, "not given", va="center_baseline", color=style.muted)
            sheet.spot(left, y, f"{group.name}: {group.note or 'no value'}")
            continue
        x = float(along(group.value))
        reach = x
        if group.lower is not None and group.upper is not None:
            reach = float(along(group.upper))
            sheet.axes.plot(along(np.array([group.lower, group.upper])), [y, y], color=colour, linewidth=1.6, zorder=3)
        fill = colour if group.own else style.ground
        size = style.size * (1.05 if group.own else 0.9)
        sheet.axes.plot(x, y, "o", markersize=size, color=fill, markeredgecolor=colour, mew=1.4, zorder=4)
        sheet.text(max(reach, x + 0.6 * em) + 0.9 * em, y, plain(group.value), va="center_baseline",
                   weight="semibold")  # fmt: skip
        sheet.spot(x, y, f"{group.name}: {_said(group)}")
    said = "; ".join(f"{g.name} {_said(g)}" for g in groups)
    return sheet.done(f"Chart of values with 95 % intervals: {said}. The numbers are in the table.")


def funnel(found: Funnel, width: float, height: float, style: Style = PAGE, unit: str = "") -> Chart:
    """Places by the size of their denominator, the centre, and limits at 95 % and 99.8 %; those outside are named."""
    sheet = Sheet(width, height, style)
    em = style.size * 0.3528
    left, right, floor, top = 5.4 * em, width - 2.0 * em, 4.6 * em, height - 1.0 * em
    inside = found.sizes >= found.size.min() * 0.999
    spread = np.concatenate([found.value, found.lower_998[inside], found.upper_998[inside]])
    low, high, step = axis_range(spread, max(3, int((top - floor) / (2.6 * em))))
    wide = (0.0, float(found.sizes[-1]))
    _, _, stride = axis_range(np.array(wide), max(3, int((right - left) / (7.0 * em))))

    def up(value: Any) -> Any:
        return floor + (np.clip(value, low, high) - low) / (high - low) * (top - floor)

    def along(size: Any) -> Any:
        return left + size / wide[1] * (right - left)

    for tick in np.arange(low, high + step / 2, step):
        sheet.grid((left, right), up(tick), f"{tick:,g}")
    for tick in np.arange(0, wide[1], stride):
        sheet.text(along(tick), floor - 1.0 * em, f"{tick:,.0f}", ha="center", va="top", color=style.muted)
    sheet.text((left + right) / 2, floor - 2.9 * em, "people that the value is of", ha="center", va="top",
               color=style.muted)  # fmt: skip
    x = along(found.sizes)
    sheet.axes.plot([left, right], [up(found.centre)] * 2, color=style.ink, linewidth=1.0, zorder=2)
    for limit, dashes in (
        (found.lower_95, (4, 2.5)), (found.upper_95, (4, 2.5)), (found.lower_998, (1, 0)), (found.upper_998, (1, 0)),
    ):  # fmt: skip
        sheet.axes.plot(x, up(limit), color=style.muted, linewidth=0.9, linestyle=(0, dashes), zorder=2)
    order, values = np.argsort(found.size).tolist(), found.value.tolist()
    for at in order:
        outside = found.verdict[at] not in ("", "not different")
        own = at == found.own
        here = float(along(found.size[at])), float(up(found.value[at]))
        colour = style.second if own else style.first
        fill = colour if outside else style.ground
        sheet.axes.plot(*here, "o", markersize=style.size * (0.95 if own else 0.8), color=fill, markeredgecolor=colour,
                        mew=1.3, zorder=4)  # fmt: skip
        if own:
            ground = {"facecolor": style.ground, "edgecolor": "none", "pad": 1.0, "alpha": 0.85}
            over = here[1] < (floor + top) / 2
            side, away = ("bottom", 1.1 * em) if over else ("top", -1.1 * em)
            look = {"ha": "center", "va": side, "weight": "semibold", "color": colour, "bbox": ground, "zorder": 3}
            sheet.text(here[0], here[1] + away, found.names[at], **look)
        sheet.spot(*here, f"{found.names[at]}: {plain(values[at])} of {found.size[at]:,.0f}, {found.verdict[at]}")
    out = [found.names[at] for at in order if found.verdict[at] not in ("", "not different")]
    said = "; ".join(f"{found.names[at]} {plain(values[at])}, {found.verdict[at]}" for at in order)
    lead = f"Funnel plot of {len(found.names)} places round {found.against}’s {plain(found.centre)}{unit}: "
    lead += f"{len(out)} outside the 95 % limits. " if out else "none outside the 95 % limits. "
    return sheet.done(f"{lead}{said}.")


def _said(group: Group) -> str:
    if group.value is None:
        return group.note or "no value"
    if group.lower is None or group.upper is None:
        return plain(group.value)
    return f"{plain(group.value)} ({plain(group.lower)} to {plain(group.upper)})"
