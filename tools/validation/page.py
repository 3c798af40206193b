"""The page: what was measured, as a table and in words."""

import numpy as np

from tools.validation.measured import METHODS, Measured, Measurements

_NAMES = {"postcodes": "postcodes", "area": "area", "best-fit": "best fit"}

_PAGE = """# How well cut areas are shared out

Made by `python -m tools.validation` from published files of Wiltshire: {lsoas} LSOAs of 2021 with {residents:,}
residents of Census 2021, {msoas} MSOAs, {wards} wards (ONS), and the {postcodes:,} live postcodes of Code-Point Open in
the county.

When a line cuts a small area, only some of its residents are inside, and no published table says how many. Each method
guesses from something else: where its postcodes are, how much of its land is inside, or on which side most people live.
How good the guess is can be measured where the answer is known.

## Places that cut their blocks, with residents known

{places} places, one for each ward that an LSOA's middle lies in, were made of whole LSOAs, so the census says how many
live there. Then the LSOAs were forgotten: residents were shared out again from MSOAs, which these places cut
({cut} of them do). MSOAs are about five times as large as LSOAs, so these errors are of a harder task than yours.

{across}

*Half under* is the median error without its sign, *nine in ten under* the 90th percentile, *bias* the mean with its
sign, *residents misplaced* the sum of all errors over the sum of residents.

## Places made of whole blocks

The {msoas} MSOAs, drawn from their own file over LSOAs. The true error is nothing, and so it should be by every method.

{whole}

## Wards as they are, over LSOAs

No file here gives the residents of these wards, so there is no error to give: the table says how far the
other methods are from the default, by postcodes. {drawn_cut} of the {wards} wards cut an LSOA by this.

{drawn}

## What to make of it

- {best} comes nearest here, {words}.
- Best fit is ONS's own rule for official statistics of places much larger than their blocks; for a place of a few
  blocks it is all or nothing, which shows in its largest errors.
- The intervals in a profile leave these errors out. So each drawn place comes with its residents in cut areas and the
  range over the methods, and a comparison on which the methods disagree is not given.

## What was not measured

- *Dasymetric*: there is no population grid among these files.
- Best fit by population-weighted centroids: none are among these files; the middle of each block's postcodes stands in.
- Residents by output area: the census counts here are by LSOA, so postcodes count alike. Where residents of output
  areas are loaded, postcodes are weighted by them.
- A postcode is a point for some fifteen households, and for a large user none at all: a new estate with few postcodes
  yet, or a business park with many, is misjudged.
"""


def page(made: Measurements) -> str:
    """The page as Markdown."""
    spread = {method: np.abs(made.across.errors(method)) for method in METHODS}
    best = min(METHODS, key=lambda method: np.median(spread[method]))
    second = sorted(np.median(spread[method]) for method in METHODS)[1]
    own = np.median(spread[best])
    words = f"with a median error of {100 * own:.1f} % against {100 * second:.1f} % for the next"
    return _PAGE.format(
        lsoas=made.lsoas,
        msoas=made.msoas,
        residents=made.residents,
        postcodes=made.postcodes,
        wards=len(made.drawn.known),
        places=len(made.across.known),
        cut=made.across.cut,
        across=_table(made.across),
        whole=_table(made.whole),
        drawn=_table(made.drawn),
        drawn_cut=made.drawn.cut,
        best=f"*{_NAMES[best].capitalize()}*",
        words=words,
    )


def _table(made: Measured) -> str:
    lines = [
        "| method | half under | nine in ten under | largest | bias | residents misplaced |",
        "|---|---|---|---|---|---|",
    ]
    for method in METHODS:
        error = made.errors(method)
        size = np.abs(error)
        lost = np.abs(made.found[method] - made.known).sum() / made.known.sum()
        figures = (np.median(size), np.percentile(size, 90), size.max(), error.mean(), lost)
        lines.append(f"| {_NAMES[method]} | " + " | ".join(f"{100 * figure + 0.0:.1f} %" for figure in figures) + " |")
    return "\n".join(lines)
