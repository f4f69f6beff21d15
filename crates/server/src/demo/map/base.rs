//! What lies between the towns: river, railway, roads, hills. Drawn by hand in the plane of the
//! county, so that it fits the stories of its towns and no real place.
use super::super::county::{Demo, Town};
use super::super::seeded::Chance;
use super::shape::{Corner, Point, smooth, winding};
use std::f64::consts::TAU;

/// A line of the base map.
#[derive(Debug, Clone)]
pub struct Line {
    /// `road`, `river`, `rail`, `coast` or `contour`.
    pub kind: &'static str,
    /// Name.
    pub name: String,
    /// Points in metres.
    pub points: Vec<Point>,
}

/// From the mountains past the river port and the county seat to the fishing harbour.
const RIVER: [Point; 9] = [
    (-25_500.0, 18_200.0),
    (-18_500.0, 13_200.0),
    (-11_000.0, 11_600.0),
    (-3_600.0, 8_200.0),
    (1_500.0, 7_600.0),
    (1_800.0, 1_600.0),
    (3_600.0, -5_400.0),
    (11_200.0, -10_200.0),
    (21_000.0, -14_800.0),
];
/// Down from the paper mills to the county seat.
const BROOK: [Point; 4] = [(-15_900.0, 2_600.0), (-8_600.0, 2_300.0), (-3_000.0, 900.0), (1_900.0, 700.0)];
/// From the south-west past the county seat to the east.
const RAIL: [Point; 6] = [
    (-25_800.0, -15_200.0),
    (-10_500.0, -9_600.0),
    (-3_000.0, -4_600.0),
    (4_400.0, 1_200.0),
    (10_000.0, 3_100.0),
    (17_200.0, 4_600.0),
];
/// Hill tops: place, radius of the foot in metres, height in metres.
const HILLS: [(Point, f64, u32); 4] = [
    ((-22_800.0, 19_000.0), 4_200.0, 900),
    ((-16_800.0, 12_600.0), 4_600.0, 700),
    ((-19_000.0, -8_800.0), 4_000.0, 500),
    ((-14_800.0, -1_200.0), 3_000.0, 300),
];

/// All lines but the coast.
pub fn lines(demo: &Demo) -> Vec<Line> {
    let named = |kind, name: &str, points: &[Point]| Line { kind, name: name.to_owned(), points: smooth(points) };
    let mut lines =
        vec![named("river", "岚江", &RIVER), named("river", "溪口溪", &BROOK), named("rail", "岚州—横塘铁路", &RAIL)];
    lines.extend(roads(&demo.county.towns, demo.seed));
    lines.extend(HILLS.iter().flat_map(|hill| contours(*hill, demo.seed)));
    lines
}

/// Every town is joined to the nearest town that is joined already, the county seat first.
fn roads(towns: &[Town], seed: u64) -> Vec<Line> {
    let far = |a: &Town, b: &Town| (a.x_m - b.x_m).hypot(a.y_m - b.y_m);
    let mut joined: Vec<&Town> = towns.iter().take(1).collect();
    let mut open: Vec<&Town> = towns.iter().skip(1).collect();
    let mut lines = vec![];
    while !open.is_empty() {
        let pairs = open.iter().flat_map(|o| joined.iter().map(move |j| (*j, *o)));
        let Some((from, to)) = pairs.min_by(|x, y| far(x.0, x.1).total_cmp(&far(y.0, y.1))) else { break };
        lines.push(Line {
            kind: "road",
            name: format!("{}—{}公路", short(from), short(to)),
            points: road((place(from), place(to)), seed),
        });
        open.retain(|t| t.code != to.code);
        joined.push(to);
    }
    lines
}

fn road(edge: (Corner, Corner), seed: u64) -> Vec<Point> {
    let mut line = winding(edge, seed ^ 0x70ad);
    line.push(super::shape::real(edge.1));
    line
}

const fn place(town: &Town) -> Corner {
    (town.x_m as i64, town.y_m as i64)
}

fn short(town: &Town) -> &str {
    town.name.trim_end_matches("街道").trim_end_matches(['镇', '乡'])
}

/// Rings of equal height around a top, wobbling alike so that they never cross.
fn contours((top, foot, height): (Point, f64, u32), seed: u64) -> Vec<Line> {
    let mut chance = Chance::of(seed, &format!("hill {height}"));
    let (two, three) = (chance.share() * TAU, chance.share() * TAU);
    let steps = height / 100;
    (1..steps)
        .step_by(2)
        .map(|step| {
            let radius = foot * (1.0 - f64::from(step) / f64::from(steps));
            let at = |i: i32| {
                let angle = TAU * f64::from(i) / 48.0;
                let r = radius * (1.0 + 0.14 * (2.0 * angle + two).sin() + 0.08 * (3.0 * angle + three).sin());
                (top.0 + r * angle.cos(), top.1 + r * angle.sin())
            };
            Line { kind: "contour", name: format!("{} 米", step * 100), points: (0..=48).map(at).collect() }
        })
        .collect()
}
