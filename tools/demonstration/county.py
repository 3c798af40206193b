"""The county put together: sites, cells, output areas, LSOAs, MSOAs and community areas with their codes."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import csr_matrix

from tools.demonstration.land import FARMLAND, SITES_PER_LSOA, TOWN, Field, Land, Sites, scatter_sites
from tools.demonstration.names import COUNTY, TOWNS
from tools.demonstration.outlines import area_shapes
from tools.demonstration.partition import cut_into, join_loose, nearest_source

OAS = 5


@dataclass(frozen=True)
class County:
    """What the statistics are drawn on.

    `land` with its sites where they ended, those beyond the edge too; `sites` those inside; `site_oa` (n,) the output
    area of each. `oa_shape`, `oa_code` (5m,); `oa_lsoa` (5m,) index of the LSOA. `lsoa_*` (m,): shape, code, name,
    index of MSOA and community area, `lsoa_point` (m, 2) where its people live on average, `lsoa_town` index of the
    town it is in or -1, `lsoa_rural` share of its sites that are outside towns, `lsoa_centre` distance from the town's
    centre in radii. `msoa_code`, `msoa_name`.
    """

    land: Land
    sites: Sites
    site_oa: np.ndarray
    oa_shape: np.ndarray
    oa_code: np.ndarray
    oa_lsoa: np.ndarray
    lsoa_shape: np.ndarray
    lsoa_code: np.ndarray
    lsoa_name: np.ndarray
    lsoa_msoa: np.ndarray
    lsoa_area: np.ndarray
    lsoa_point: np.ndarray
    lsoa_town: np.ndarray
    lsoa_rural: np.ndarray
    lsoa_centre: np.ndarray
    msoa_code: np.ndarray
    msoa_name: np.ndarray


def _cells(sites: Sites, rng: np.random.Generator):
    """Cells of the sites (after half a step towards their middles, which removes slivers), and the graph."""
    from scipy.spatial import Voronoi

    xy = sites.xy.copy()
    shape = Voronoi(xy)
    for i in np.flatnonzero(sites.bank < 0):
        region = shape.regions[shape.point_region[i]]
        if sites.inside[i] and -1 not in region:
            xy[i] += 0.5 * (shape.vertices[region].mean(axis=0) - xy[i])
    shape = Voronoi(xy)
    edges, between = np.array(shape.ridge_vertices), shape.ridge_points
    kept = (edges >= 0).all(axis=1) & sites.inside[between].any(axis=1)
    edges, between = edges[kept], between[kept]
    p, q = between.T
    along = (sites.bank[p] == sites.bank[q]) & (sites.bank[p] >= 0)
    # The same line's next pair is a neighbour on the same bank; only a pair itself lies across the line.
    cost = np.hypot(*(xy[p] - xy[q]).T) * rng.lognormal(0, 0.45, len(p)) * np.where(along, 14.0, 1.0)
    # Cells that barely touch are no neighbours: on the grid their edge may shrink to a point.
    long = np.hypot(*(shape.vertices[edges[:, 0]] - shape.vertices[edges[:, 1]]).T) > 8
    p, q, cost = p[long], q[long], cost[long]
    graph = csr_matrix((np.r_[cost, cost], (np.r_[p, q], np.r_[q, p])), (len(xy), len(xy)))
    return xy, shape.vertices, edges, between, along, graph


def _community_areas(sites: Sites, xy: np.ndarray, graph: csr_matrix) -> np.ndarray:
    """(n,) the town whose community area a site is in; towns are never cut."""
    middle = np.array([[t.east, t.north] for t in TOWNS])
    inside = np.flatnonzero(sites.inside)
    start = np.array([inside[np.hypot(*(xy[inside] - m).T).argmin()] for m in middle])
    inner = graph.copy()
    inner.data = inner.data * np.where(sites.inside[inner.nonzero()[0]] & sites.inside[inner.indices], 1, 1e6)
    area = nearest_source(inner, start, np.array([t.size * 0.9 for t in TOWNS]))
    return np.where(sites.town >= 0, sites.town, area)


def _lsoas(
    sites: Sites, area: np.ndarray, graph: csr_matrix, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """LSOA (n,) and output area (n,) of each site, and the community area of each LSOA."""
    from scipy.sparse.csgraph import connected_components

    # Town and countryside of each community area are cut apart: town boundaries are where they look to be.
    zone = join_loose(graph, area * 2 + (sites.kind != TOWN))
    lsoa, oa = np.zeros(len(zone), int), np.zeros(len(zone), int)
    home, count = [], 0
    for z in np.unique(zone):
        nodes = np.flatnonzero(zone == z)
        part = graph[nodes][:, nodes].tocsr()
        if connected_components(part, directed=False)[0] != 1:
            raise RuntimeError("a zone is in pieces")
        k = max(1, round(weight[nodes].sum() / SITES_PER_LSOA))
        label = cut_into(part, weight[nodes], k)
        for j in range(k):
            mine = nodes[label == j]
            lsoa[mine] = count
            oa[mine] = count * OAS + cut_into(graph[mine][:, mine].tocsr(), weight[mine], OAS)
            home.append(z // 2)
            count += 1
    return lsoa, oa, np.array(home)


def _msoas(lsoa: np.ndarray, graph: csr_matrix, home: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """MSOA (m,) of each LSOA, four to six LSOAs each."""
    m = len(home)
    rows, cols = graph.nonzero()
    a, b = lsoa[rows], lsoa[cols]
    pair = np.unique(np.column_stack([a, b])[a != b], axis=0)
    for _ in range(400):
        cost = 1 + 2.0 * (home[pair[:, 0]] != home[pair[:, 1]]) + rng.uniform(0, 0.6, len(pair))
        links = csr_matrix((cost, pair.T), (m, m))
        links = links.maximum(links.T).tocsr()
        label = cut_into(links, np.ones(m), round(m / 5))
        size = np.bincount(label)
        if size.min() >= 4 and size.max() <= 6:
            return label
    raise RuntimeError("no MSOAs of four to six LSOAs were found")


def make_county(seed: int) -> County:
    """The whole county; the same seed gives the same county."""
    rng = np.random.default_rng([seed, 2])
    land = scatter_sites(seed)
    every = land.sites
    xy, vertices, edges, between, along, graph = _cells(every, rng)
    keep = np.flatnonzero(every.inside)
    inner = graph[keep][:, keep].tocsr()
    from scipy.sparse.csgraph import connected_components

    part = connected_components(inner, directed=False)[1]
    keep = keep[part == np.bincount(part).argmax()]
    inner = graph[keep][:, keep].tocsr()
    sites = Sites(xy[keep], every.town[keep], every.kind[keep], every.bank[keep], every.inside[keep])
    weight = np.where(sites.kind == FARMLAND, 0.55, 1.0)
    area = _community_areas(sites, sites.xy, inner)
    lsoa, oa, home = _lsoas(sites, area, inner, weight)
    msoa = _msoas(lsoa, inner, home, rng)

    lsoa, oa, home, msoa = _in_order(sites.xy, weight, lsoa, oa, home, msoa)
    m = len(home)
    outside = np.full(len(xy), -1)
    outside[keep] = oa
    rough = 0.26 + 0.18 * Field(rng, 5_000)(xy[between[:, 0]])
    shapes = area_shapes(rng, xy, vertices, edges, between, outside, along, np.clip(rough, 0.03, 0.55))
    oa_lsoa = np.arange(m * OAS) // OAS
    lsoa_shape = np.array([shapely.normalize(shapely.coverage_union_all(shapes[oa_lsoa == i])) for i in range(m)])
    total = np.bincount(lsoa, weight)
    point = np.column_stack([np.bincount(lsoa, weight * sites.xy[:, k]) / total for k in (0, 1)])
    rural = np.bincount(lsoa, weight * (sites.kind != TOWN)) / total
    middle = np.array([[t.east, t.north] for t in TOWNS])
    radius = np.array([t.size for t in TOWNS])
    letter = np.arange(m) - np.concatenate([[0], np.cumsum(np.bincount(msoa))])[msoa]
    return County(
        land=replace(land, sites=replace(every, xy=xy)),
        sites=sites,
        site_oa=oa,
        oa_shape=shapes,
        oa_code=np.array([f"X00{i:06d}" for i in range(1, m * OAS + 1)]),
        oa_lsoa=oa_lsoa,
        lsoa_shape=lsoa_shape,
        lsoa_code=np.array([f"X01{i:06d}" for i in range(1, m + 1)]),
        lsoa_name=np.array([f"{COUNTY} {msoa[i] + 1:03d}{chr(65 + letter[i])}" for i in range(m)]),
        lsoa_msoa=msoa,
        lsoa_area=home,
        lsoa_point=point,
        lsoa_town=np.where(rural < 0.5, home, -1),
        lsoa_rural=rural,
        lsoa_centre=np.hypot(*(point - middle[home]).T) / radius[home],
        msoa_code=np.array([f"X02{i:06d}" for i in range(1, msoa.max() + 2)]),
        msoa_name=np.array([f"{COUNTY} {i:03d}" for i in range(1, msoa.max() + 2)]),
    )


def _in_order(xy: np.ndarray, weight: np.ndarray, lsoa, oa, home, msoa):
    """Number areas as ONS does: MSOAs from north to south, LSOAs and output areas within them."""
    total = np.bincount(lsoa, weight)
    north = np.bincount(lsoa, weight * xy[:, 1]) / total
    east = np.bincount(lsoa, weight * xy[:, 0]) / total
    middle = np.bincount(msoa, north) / np.bincount(msoa)
    new_msoa = np.empty(len(middle), int)
    new_msoa[np.argsort(-middle)] = np.arange(len(middle))
    msoa = new_msoa[msoa]
    order = np.lexsort((east, -north, msoa))
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order))
    return rank[lsoa], rank[lsoa] * OAS + oa % OAS, home[order], msoa[order]
