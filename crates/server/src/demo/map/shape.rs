//! Plane geometry of the map: convex hull, Voronoi cells, borders that look grown, rings.
use super::super::seeded::{mix, share};
use std::collections::{BTreeMap, BTreeSet};

/// A point in whole metres, so that neighbours share their corners exactly.
pub type Corner = (i64, i64);
/// A point in metres.
pub type Point = (f64, f64);
/// A closed line without its last point repeated; counter-clockwise where it encloses land.
pub type Ring = Vec<Point>;
/// A straight border from one corner to the next, land on its left.
pub type Edge = (Corner, Corner);

/// The convex hull, counter-clockwise (Andrew's monotone chain).
pub fn hull(points: &[Point]) -> Ring {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Ring = vec![];
        for p in points {
            while let [.., a, b] = chain.as_slice() {
                if side(*a, *b, p) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut sorted.iter().copied());
    lower.extend(half(&mut sorted.iter().rev().copied()));
    lower
}

/// Twice the area of the triangle; positive where `p` lies left of `a → b`.
fn side(a: Point, b: Point, p: Point) -> f64 {
    (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0)
}

/// The part of a convex outline that is nearer to `site` than to every other site.
pub fn cell(outline: &[Point], site: Point, others: impl Iterator<Item = Point>) -> Ring {
    let mut ring = outline.to_vec();
    for other in others {
        let middle = (f64::midpoint(site.0, other.0), f64::midpoint(site.1, other.1));
        let across = (other.0 - site.0, other.1 - site.1);
        ring = nearer(&ring, |p| (p.0 - middle.0) * across.0 + (p.1 - middle.1) * across.1);
    }
    ring
}

/// Cuts off what lies on the positive side of a line.
fn nearer(ring: &[Point], distance: impl Fn(Point) -> f64) -> Ring {
    let mut kept = vec![];
    for (a, b) in pairs(ring) {
        let (da, db) = (distance(a), distance(b));
        if da <= 0.0 {
            kept.push(a);
        }
        if (da < 0.0 && db > 0.0) || (da > 0.0 && db < 0.0) {
            let t = da / (da - db);
            kept.push((a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t));
        }
    }
    kept
}

/// Every point with the one after it, the last with the first.
pub fn pairs<T: Copy>(ring: &[T]) -> impl Iterator<Item = (T, T)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Gives equal corners equal numbers: cells are cut independently and differ by rounding.
#[derive(Default)]
pub struct Corners(Vec<Corner>);

impl Corners {
    /// The edges of a ring between agreed corners; edges that shrink to nothing are left out.
    pub fn edges(&mut self, ring: &[Point]) -> Vec<Edge> {
        let corners: Vec<Corner> = ring.iter().map(|p| self.agreed(*p)).collect();
        pairs(&corners).filter(|(a, b)| a != b).collect()
    }
    fn agreed(&mut self, p: Point) -> Corner {
        let near = |c: &&Corner| (c.0 as f64 - p.0).abs() < 2.0 && (c.1 as f64 - p.1).abs() < 2.0;
        if let Some(known) = self.0.iter().find(near) {
            return *known;
        }
        let corner = (p.0.round() as i64, p.1.round() as i64);
        self.0.push(corner);
        corner
    }
}

/// The outer edges of a group of cells: those that no cell of the group has on its other side.
pub fn border(cells: impl Iterator<Item = Edge>) -> BTreeSet<Edge> {
    let all: BTreeSet<Edge> = cells.collect();
    all.iter().filter(|(a, b)| !all.contains(&(*b, *a))).copied().collect()
}

/// Joins edges to closed rings of corners.
pub fn rings(edges: &BTreeSet<Edge>) -> Vec<Vec<Corner>> {
    let mut next: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for (a, b) in edges {
        next.entry(*a).or_default().push(*b);
    }
    let mut found = vec![];
    while let Some(start) = next.keys().next().copied() {
        let (mut ring, mut at) = (vec![], start);
        while let Some(ways) = next.get_mut(&at) {
            let Some(to) = ways.pop() else { break };
            if ways.is_empty() {
                next.remove(&at);
            }
            ring.push(at);
            at = to;
        }
        found.push(ring);
    }
    found
}

/// A ring of corners with every edge grown into a winding line.
pub fn grown(ring: &[Corner], seed: u64) -> Ring {
    pairs(ring).flat_map(|edge| winding(edge, seed)).collect()
}

/// The winding line of an edge without its end. Both neighbours get the same line, because it is
/// grown from the corners in one order whichever side asks.
pub fn winding((a, b): Edge, seed: u64) -> Vec<Point> {
    let (from, to) = (a.min(b), a.max(b));
    let start =
        mix(seed ^ mix(from.0 as u64) ^ mix((from.1 as u64).rotate_left(17)) ^ mix(to.0 as u64 ^ 5) ^ to.1 as u64);
    let mut line = vec![real(from), real(to)];
    let mut word = start;
    while line.len() < 33 && longest(&line) > 400.0 {
        let mut finer = vec![];
        for pair in line.windows(2) {
            let [p, q] = pair else { continue };
            word = mix(word);
            // A tenth of the piece at most, so that two borders of one corner never meet again.
            let off = (share(word) - 0.5) * 0.2;
            finer.push(*p);
            let middle = (f64::midpoint(p.0, q.0), f64::midpoint(p.1, q.1));
            finer.push((middle.0 - (q.1 - p.1) * off, middle.1 + (q.0 - p.0) * off));
        }
        finer.extend(line.last());
        line = finer;
    }
    if (a, b) != (from, to) {
        line.reverse();
    }
    line.pop();
    line
}

fn longest(line: &[Point]) -> f64 {
    line.windows(2).map(|w| if let [p, q] = w { (p.0 - q.0).hypot(p.1 - q.1) } else { 0.0 }).fold(0.0, f64::max)
}

/// A corner as a point.
pub const fn real(c: Corner) -> Point {
    (c.0 as f64, c.1 as f64)
}

/// Area in square metres; negative for a hole.
pub fn area(ring: &[Point]) -> f64 {
    pairs(ring).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
}

/// Whether a point lies inside a set of rings, holes left out (even-odd rule).
pub fn inside(rings: &[Ring], p: Point) -> bool {
    let crossings = rings
        .iter()
        .flat_map(|r| pairs(r))
        .filter(|(a, b)| (a.1 > p.1) != (b.1 > p.1) && p.0 < (b.0 - a.0) * (p.1 - a.1) / (b.1 - a.1) + a.0);
    crossings.count() % 2 == 1
}

/// A smooth line along control points (Chaikin's corner cutting), ends kept.
pub fn smooth(points: &[Point]) -> Vec<Point> {
    let mut line = points.to_vec();
    for _ in 0..3 {
        let mut finer: Vec<Point> = line.first().copied().into_iter().collect();
        for pair in line.windows(2) {
            let [p, q] = pair else { continue };
            finer.push((p.0 * 0.75 + q.0 * 0.25, p.1 * 0.75 + q.1 * 0.25));
            finer.push((p.0 * 0.25 + q.0 * 0.75, p.1 * 0.25 + q.1 * 0.75));
        }
        finer.extend(line.last());
        line = finer;
    }
    line
}
