"""Names and codes of the fictional county; none of them exists.

Codes begin with X, which the Office for National Statistics does not use; postcodes with QX, an area
that Royal Mail does not have; telephone numbers with 01632 960, which Ofcom keeps for fiction.
"""

from dataclasses import dataclass

COUNTY = "Marrowshire"
DISTRICT_CODE = "X06000001"
REGION_CODE, REGION = "X12000001", "Marrow Vales"
NATION_CODE = "X92000001"
POSTCODE_AREA = "QX"


@dataclass(frozen=True)
class Town:
    """A town and the community area that is named for it.

    `east`, `north` in metres (EPSG:27700); `lsoas` how many LSOAs its built-up part has; `squeeze` how
    much of its width it has north to south (1 = round); `deprivation` the mean of its neighbourhoods in
    national standard deviations (positive = more deprived); `character` names its age structure.
    """

    name: str
    east: float
    north: float
    lsoas: int
    squeeze: float
    deprivation: float
    character: str

    @property
    def size(self) -> float:
        """Radius of the built-up area in metres, at 0.42 km² an LSOA."""
        return (self.lsoas * 420_000 / 3.1416) ** 0.5


TOWNS = (
    Town("Aldminster", 396_800, 200_600, 48, 0.80, -0.05, "university"),
    Town("Kelderford", 417_300, 181_900, 44, 0.70, 1.15, "industrial"),
    Town("Wexbourne", 384_600, 221_500, 28, 1.15, -1.05, "prosperous"),
    Town("Tarnbury", 410_900, 214_600, 24, 0.85, -0.15, "market"),
    Town("Pellingham", 381_200, 196_900, 18, 1.25, -0.45, "retirement"),
    Town("Ravelstow", 398_600, 184_200, 15, 1.10, 0.35, "market"),
    Town("Cawdridge", 422_300, 199_300, 13, 0.90, 0.25, "garrison"),
    Town("Hollowmere", 386_300, 178_600, 11, 0.75, -0.30, "retirement"),
    Town("Brackenhithe", 406_900, 172_600, 9, 1.20, 0.75, "industrial"),
    Town("Thrushford", 399_400, 227_300, 7, 0.90, -0.60, "prosperous"),
    Town("Emberstow", 420_900, 221_000, 5, 1.10, -0.35, "market"),
    Town("Nether Marrow", 380_600, 210_300, 4, 0.80, -0.55, "retirement"),
)

COMMUNITY_AREA_CODES = tuple(f"MA{i:02d}" for i in range(1, len(TOWNS) + 1))

# A river, then roads, each through the towns named and the points given (east, north).
LINES: tuple[tuple[str, tuple[int | tuple[float, float], ...]], ...] = (
    ("river", ((372_000, 214_500), 11, (386_000, 206_500), 0, (405_500, 193_000), 1, (424_000, 166_000))),
    ("river", ((393_500, 239_000), 9, (403_000, 214_000), (402_500, 203_500), (405_500, 193_000))),
    ("road", ((366_000, 230_500), 2, 0, 6, (444_000, 201_500))),
    ("road", ((382_500, 240_000), 2, 4, 7, (384_000, 160_000))),
    ("road", ((400_000, 242_000), 9, 0, 5, 8, (411_500, 157_000))),
    ("road", ((366_500, 199_500), 4, 0, 3, 10, (441_000, 227_500))),
    ("road", (7, 5, 1, 6, 10)),
)

STREETS = (
    "Station Road", "Fuller's Lane", "Castle Bank", "Mill Lane", "Priory Road", "Marrow Street",
    "Abbot's Way", "Sheep Street", "The Quarry", "Orchard Rise", "Tanner's Row", "Bellhouse Lane",
    "Chapel Street", "Weir Road", "Linden Avenue", "Old Market", "Ropewalk", "Hospital Road",
)  # fmt: skip

PRACTICES = ("Surgery", "Medical Centre", "Practice", "Health Centre")
OTHER_PRESCRIBERS = ("Out of Hours", "Community Nursing", "Urgent Care", "Hospice")
