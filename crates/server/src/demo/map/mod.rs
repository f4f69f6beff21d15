//! The county's own vector map. Its polygons are made from the town points; no real boundary is drawn.
//!
//! Towns are the Voronoi cells of their points inside a rounded outline, with borders grown into
//! winding lines that both neighbours share. The firms are points of their towns too, because some
//! stand nearer to another town's centre: so a town holds its firms.
mod base;
mod shape;

use super::county::{Anchor, Demo, Town};
use super::seeded::Chance;
use base::Line;
use serde_json::{Value, json};
use shape::{Corner, Edge, Point, Ring};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Ground of 白沙镇 around the closed park, in metres: without it the park would swallow the town.
const AROUND_THE_PARK: [Point; 7] = [
    (9_900.0, -1_500.0),
    (11_000.0, -4_500.0),
    (9_000.0, -6_600.0),
    (6_500.0, -6_400.0),
    (3_900.0, -4_900.0),
    (5_500.0, -1_200.0),
    (7_400.0, -400.0),
];

/// The county next door, where a bureau without any of our firms sits.
pub const NEIGHBOUR: (&str, &str) = ("990122", "岚西县");
/// The city both belong to.
pub const CITY: (&str, &str) = ("9901", "岚州市");
/// Its province.
pub const PROVINCE: (&str, &str) = ("99", "示范省");

struct Area {
    code: String,
    name: String,
    rings: Vec<Ring>,
}

/// The map of the county and its neighbour.
pub struct Map {
    anchor: Anchor,
    towns: Vec<Area>,
    county: Area,
    neighbour: Area,
    lines: Vec<Line>,
}

impl Map {
    /// Draws the map; the same files give the same map.
    pub fn new(demo: &Demo) -> Self {
        let cells = cells(demo);
        let of_town = |town: &Town| {
            let own = cells.iter().filter(|(code, _)| *code == town.code).flat_map(|(_, edges)| edges.iter().copied());
            let rings = shape::rings(&shape::border(own));
            Area {
                code: town.code.clone(),
                name: town.name.clone(),
                rings: rings.iter().map(|r| shape::grown(r, demo.seed)).collect(),
            }
        };
        let outer = shape::border(cells.iter().flat_map(|(_, edges)| edges.iter().copied()));
        let ring = longest_ring(&outer);
        let mut lines = base::lines(demo);
        lines.push(coast(&ring, demo.seed));
        Self {
            anchor: demo.county.map_anchor,
            towns: demo.county.towns.iter().map(of_town).collect(),
            county: Area {
                code: demo.county.code.clone(),
                name: demo.county.name.clone(),
                rings: vec![shape::grown(&ring, demo.seed)],
            },
            neighbour: neighbour(&ring, demo.seed),
            lines,
        }
    }

    /// The town a place lies in.
    pub fn town_at(&self, x_m: f64, y_m: f64) -> Option<&str> {
        self.towns.iter().find(|t| shape::inside(&t.rings, (x_m, y_m))).map(|t| t.code.as_str())
    }

    /// A place in a town, rather near its centre.
    pub fn place_in(&self, town: &Town, chance: &mut Chance) -> Point {
        let near = |chance: &mut Chance| {
            ((town.x_m + chance.bell() * 1_300.0).round(), (town.y_m + chance.bell() * 1_300.0).round())
        };
        (0..64)
            .map(|_| near(chance))
            .find(|p| self.town_at(p.0, p.1) == Some(town.code.as_str()))
            .unwrap_or((town.x_m, town.y_m))
    }

    /// The map of a region as GeoJSON: its parts and, from the county down, the base map.
    pub fn geojson(&self, region: &str) -> Option<Value> {
        let town = self.towns.iter().find(|t| t.code == region);
        let features: Vec<Value> = match region {
            _ if region == PROVINCE.0 => vec![self.area("city", CITY.0, CITY.1, &[&self.county, &self.neighbour])],
            _ if region == CITY.0 => {
                [&self.county, &self.neighbour].map(|c| self.area("county", &c.code, &c.name, &[c])).into()
            }
            _ if region == NEIGHBOUR.0 => {
                vec![self.area("county", NEIGHBOUR.0, NEIGHBOUR.1, &[&self.neighbour])]
            }
            _ if region == self.county.code => self.with_base(self.towns.iter()),
            _ => self.with_base([town?].into_iter()),
        };
        Some(json!({"type": "FeatureCollection", "features": features}))
    }

    fn with_base<'a>(&self, towns: impl Iterator<Item = &'a Area>) -> Vec<Value> {
        let towns = towns.map(|t| self.area("town", &t.code, &t.name, &[t]));
        towns.chain(self.lines.iter().map(|l| self.line(l))).collect()
    }

    fn area(&self, kind: &str, code: &str, name: &str, of: &[&Area]) -> Value {
        let rings: Vec<&Ring> = of.iter().flat_map(|a| &a.rings).collect();
        let (land, holes): (Vec<&&Ring>, Vec<&&Ring>) = rings.iter().partition(|r| shape::area(r) > 0.0);
        let polygons: Vec<Value> = land
            .iter()
            .map(|outer| {
                let lake =
                    |hole: &&&&Ring| hole.first().is_some_and(|p| shape::inside(std::slice::from_ref(outer), *p));
                let closed = std::iter::once(**outer).chain(holes.iter().filter(lake).map(|h| **h));
                closed.map(|ring| self.coordinates(ring.iter().chain(ring.first()))).collect()
            })
            .collect();
        let geometry = match polygons.as_slice() {
            [one] => json!({"type": "Polygon", "coordinates": one}),
            _ => json!({"type": "MultiPolygon", "coordinates": polygons}),
        };
        // `region` is what a click drills into; only areas have it.
        json!({"type": "Feature", "properties": {"kind": kind, "code": code, "region": code, "name": name}, "geometry": geometry})
    }

    fn line(&self, line: &Line) -> Value {
        json!({"type": "Feature", "properties": {"kind": line.kind, "name": line.name},
            "geometry": {"type": "LineString", "coordinates": self.coordinates(line.points.iter())}})
    }

    fn coordinates<'a>(&self, points: impl Iterator<Item = &'a Point>) -> Value {
        points
            .map(|p| {
                let (lon, lat) = self.anchor.degrees(p.0, p.1);
                json!([short(lon), short(lat)])
            })
            .collect()
    }
}

/// Six decimals are a tenth of a metre.
fn short(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// The map of the program's own county; `None` where the region is not on it.
pub fn geojson(region: &str) -> Option<Value> {
    static MAP: OnceLock<Option<Map>> = OnceLock::new();
    MAP.get_or_init(|| Demo::read().ok().map(|demo| Map::new(&demo))).as_ref()?.geojson(region)
}

/// The Voronoi cells of all towns and firms, each with the code of its town.
fn cells(demo: &Demo) -> Vec<(&str, Vec<Edge>)> {
    let towns = demo.county.towns.iter().map(|t| (t.code.as_str(), (t.x_m, t.y_m)));
    let firms = demo.firms.iter().filter_map(|f| Some((demo.town(&f.town)?.code.as_str(), (f.x_m, f.y_m))));
    let around = demo.town("白沙镇").into_iter().flat_map(|t| AROUND_THE_PARK.map(|p| (t.code.as_str(), p)));
    let sites: Vec<(&str, Point)> = towns.chain(firms).chain(around).collect();
    let outline = outline(demo);
    let mut corners = shape::Corners::default();
    sites
        .iter()
        .map(|(code, site)| {
            let others = sites.iter().map(|(_, s)| *s).filter(|s| s != site);
            (*code, corners.edges(&shape::cell(&outline, *site, others)))
        })
        .collect()
}

/// A rounded outline six kilometres outside the towns, closer where the sea is (south-east).
fn outline(demo: &Demo) -> Ring {
    let around = |town: &Town| {
        let (x, y) = (town.x_m, town.y_m);
        (0..16).map(move |i| {
            let angle = std::f64::consts::TAU * f64::from(i) / 16.0;
            let seaward = (angle + std::f64::consts::FRAC_PI_4).cos().max(0.0);
            let room = 6_000.0 - 3_600.0 * seaward;
            (x + room * angle.cos(), y + room * angle.sin())
        })
    };
    shape::hull(&demo.county.towns.iter().flat_map(around).collect::<Vec<_>>())
}

fn longest_ring(edges: &BTreeSet<Edge>) -> Vec<Corner> {
    shape::rings(edges).into_iter().max_by_key(Vec::len).unwrap_or_default()
}

/// The run of a ring's corners that `wanted` picks by their direction from the ring's middle.
fn run(ring: &[Corner], wanted: impl Fn(f64) -> bool) -> Vec<Corner> {
    let n = ring.len().max(1) as i64;
    let middle = ring.iter().fold((0, 0), |m, c| (m.0 + c.0, m.1 + c.1));
    let middle = (middle.0 / n, middle.1 / n);
    let picked = |c: &Corner| wanted(((c.1 - middle.1) as f64).atan2((c.0 - middle.0) as f64).to_degrees());
    // Starting at a corner that is not wanted, the wanted ones are one run.
    let start = ring.iter().position(|c| !picked(c)).unwrap_or(0);
    ring.iter().cycle().skip(start).take(ring.len()).copied().filter(picked).collect()
}

/// The sea side of the county: a grown line along its south-eastern border.
fn coast(ring: &[Corner], seed: u64) -> Line {
    let run = run(ring, |direction| (-62.0..-5.0).contains(&direction));
    let mut points: Vec<Point> =
        run.windows(2).flat_map(|w| if let [a, b] = w { shape::winding((*a, *b), seed) } else { vec![] }).collect();
    points.extend(run.last().map(|c| shape::real(*c)));
    Line { kind: "coast", name: "岚江口海岸".to_owned(), points }
}

/// The neighbour shares the western border and is otherwise a plain outline.
fn neighbour(ring: &[Corner], seed: u64) -> Area {
    let shared = run(ring, |direction| !(-140.0..150.0).contains(&direction));
    let mut corners: Vec<Corner> = shared.iter().rev().copied().collect();
    if let (Some(south), Some(north)) = (shared.last(), shared.first()) {
        corners.extend([
            (north.0 - 9_000, north.1 + 7_000),
            (north.0 - 26_000, north.1 + 2_000),
            (south.0 - 30_000, south.1 + 6_000),
            (south.0 - 14_000, south.1 - 6_000),
        ]);
    }
    Area { code: NEIGHBOUR.0.to_owned(), name: NEIGHBOUR.1.to_owned(), rings: vec![shape::grown(&corners, seed)] }
}

#[cfg(test)]
mod tests;
