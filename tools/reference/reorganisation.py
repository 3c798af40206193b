"""Districts that became unitary authorities after May 2022, and the regions that the old health authorities lie in.

No LSOA was divided by any of these changes: each old district lies wholly in one new one.
"""

# The Cumbria, the North Yorkshire and the Somerset (Structural Changes) Orders 2022 (SI 2022/331, 328, 329), in force
# on 1 April 2023.
NEW_DISTRICTS = {
    "E06000063": ("Cumberland", ("E07000026", "E07000028", "E07000029")),
    "E06000064": ("Westmorland and Furness", ("E07000027", "E07000030", "E07000031")),
    "E06000065": (
        "North Yorkshire",
        ("E07000163", "E07000164", "E07000165", "E07000166", "E07000167", "E07000168", "E07000169"),
    ),
    "E06000066": ("Somerset", ("E07000187", "E07000188", "E07000189", "E07000246")),
}
MOVED = {old: (new, name) for new, (name, olds) in NEW_DISTRICTS.items() for old in olds}

# The ten strategic health authorities of 2006 to 2013, which Code-Point Open still names, had the boundaries of the
# regions; the South East was two of them.
REGIONS = {
    "E18000001": ("E12000001", "North East"),
    "E18000002": ("E12000002", "North West"),
    "E18000003": ("E12000003", "Yorkshire and The Humber"),
    "E18000004": ("E12000004", "East Midlands"),
    "E18000005": ("E12000005", "West Midlands"),
    "E18000006": ("E12000006", "East of England"),
    "E18000007": ("E12000007", "London"),
    "E18000008": ("E12000008", "South East"),
    "E18000009": ("E12000008", "South East"),
    "E18000010": ("E12000009", "South West"),
}
