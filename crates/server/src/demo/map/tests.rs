use super::*;

fn drawn() -> (Demo, Map) {
    let demo = Demo::read().unwrap();
    let map = Map::new(&demo);
    (demo, map)
}

fn square_km(area: &Area) -> f64 {
    area.rings.iter().map(|r| shape::area(r)).sum::<f64>() / 1e6
}

/// Whether two segments cross at an inner point of both.
fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
    side(a, b, c) * side(a, b, d) < 0.0 && side(c, d, a) * side(c, d, b) < 0.0
}

#[test]
fn the_towns_fill_the_county_without_overlap() {
    let (_, map) = drawn();
    assert_eq!(map.towns.len(), 16);
    let towns: f64 = map.towns.iter().map(square_km).sum();
    let county = square_km(&map.county);
    assert!((towns - county).abs() < 0.001, "towns {towns} km², county {county} km²");
    assert!((1_700.0..2_000.0).contains(&county), "about 1,860 km²: {county}");
    for x in (-32_000..26_000).step_by(400) {
        for y in (-26_000..30_000).step_by(400) {
            let p = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            let holding = map.towns.iter().filter(|t| shape::inside(&t.rings, p)).count();
            let inside = shape::inside(&map.county.rings, p);
            assert_eq!(holding, usize::from(inside), "{p:?}");
        }
    }
}

#[test]
fn no_border_crosses_another_or_itself() {
    let (_, map) = drawn();
    let areas = map.towns.iter().chain([&map.neighbour]);
    let segments: Vec<(Point, Point)> = areas.flat_map(|a| a.rings.iter().flat_map(|r| shape::pairs(r))).collect();
    for (i, (a, b)) in segments.iter().enumerate() {
        for (c, d) in &segments[i + 1..] {
            assert!(!cross(*a, *b, *c, *d), "{a:?} {b:?} crosses {c:?} {d:?}");
        }
    }
}

#[test]
fn every_firm_stands_inside_its_town() {
    let (demo, map) = drawn();
    for firm in &demo.firms {
        let town = demo.town(&firm.town).unwrap();
        assert_eq!(map.town_at(firm.x_m, firm.y_m), Some(town.code.as_str()), "{} {}", firm.id, firm.name);
    }
    for town in &demo.county.towns {
        assert_eq!(map.town_at(town.x_m, town.y_m), Some(town.code.as_str()));
    }
}

#[test]
fn the_map_drills_from_province_to_town_and_knows_no_other_place() {
    let kinds = |region: &str| -> Vec<(String, String)> {
        let map = geojson(region).unwrap();
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        map["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| &f["properties"])
            .map(|p| (text(&p["kind"]), text(&p["code"])))
            .collect()
    };
    assert_eq!(kinds("99"), [("city".to_owned(), "9901".to_owned())]);
    assert_eq!(kinds("9901").iter().map(|k| k.1.as_str()).collect::<Vec<_>>(), ["990121", "990122"]);
    let county = kinds("990121");
    assert_eq!(county.iter().filter(|k| k.0 == "town").count(), 16);
    for kind in ["road", "river", "rail", "coast", "contour"] {
        assert!(county.iter().any(|k| k.0 == kind), "{kind}");
    }
    assert_eq!(
        kinds("990121301").iter().filter(|k| k.0 == "town").map(|k| k.1.as_str()).collect::<Vec<_>>(),
        ["990121301"]
    );
    for unknown in ["130110", "9902", "98", "990121999", "", "990121301001"] {
        assert!(geojson(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn the_map_lies_in_the_open_sea_and_repeats_itself() {
    let (demo, map) = drawn();
    let (lon, lat) = demo.county.map_anchor.degrees(0.0, 0.0);
    for area in map.towns.iter().chain([&map.neighbour, &map.county]) {
        for p in area.rings.iter().flatten() {
            let at = demo.county.map_anchor.degrees(p.0, p.1);
            assert!((at.0 - lon).abs() < 0.8 && (at.1 - lat).abs() < 0.4, "{at:?}");
        }
    }
    assert_eq!(map.geojson("990121"), drawn().1.geojson("990121"));
}

#[test]
fn a_detached_plot_and_its_surroundings_stay_whole() {
    let (_, map) = drawn();
    let park = map.geojson("990121301").unwrap();
    let kind = park["features"][0]["geometry"]["type"].as_str().unwrap();
    assert!(matches!(kind, "Polygon" | "MultiPolygon"));
    for area in &map.towns {
        let land = area.rings.iter().filter(|r| shape::area(r) > 0.0).count();
        assert!((1..=2).contains(&land), "{} lies in {land} pieces", area.name);
    }
}
