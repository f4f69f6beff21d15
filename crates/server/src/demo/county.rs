//! The fictional county as its files describe it: towns, organisations, firms and their sensors.
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::HashMap;

const COUNTY: &str = include_str!("../../demo/county.json");
const SENSORS: &str = include_str!("../../demo/sensors.csv");

/// Everything the files say.
#[derive(Debug, Clone, Deserialize)]
pub struct Demo {
    /// Seed of all that is generated.
    pub seed: u64,
    /// The county.
    pub county: County,
    /// Its authorities.
    pub government: Government,
    /// Insurers.
    pub insurers: Vec<Insurer>,
    /// Service organisations.
    pub service_orgs: Vec<ServiceOrg>,
    /// The firms with sensors and stories.
    #[serde(rename = "enterprises_full")]
    pub firms: Vec<Firm>,
    /// How many small firms of which trade are generated.
    #[serde(rename = "enterprises_light")]
    pub light: Light,
    /// Measuring points.
    #[serde(skip)]
    pub sensors: Vec<Sensor>,
}

/// The county.
#[derive(Debug, Clone, Deserialize)]
pub struct County {
    /// Region code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Towns, streets and parks.
    pub towns: Vec<Town>,
    /// Where the plane's origin lies.
    pub map_anchor: Anchor,
}

/// A town, street or park with its own region code.
#[derive(Debug, Clone, Deserialize)]
pub struct Town {
    /// Region code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Metres east of the anchor.
    pub x_m: f64,
    /// Metres north of the anchor.
    pub y_m: f64,
}

/// A point in CGCS2000 degrees.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Anchor {
    /// Longitude.
    pub lon: f64,
    /// Latitude.
    pub lat: f64,
}

impl Anchor {
    /// Degrees of a point given in metres east and north, on the CGCS2000 ellipsoid. The county is
    /// 60 km wide: a tangent plane is off by a few metres at its edge, which no reader can see.
    pub fn degrees(self, x_m: f64, y_m: f64) -> (f64, f64) {
        const A: f64 = 6_378_137.0;
        const E2: f64 = 0.006_694_380_022_9;
        let (sin, cos) = self.lat.to_radians().sin_cos();
        let w2 = 1.0 - E2 * sin * sin;
        let meridian = A * (1.0 - E2) / (w2 * w2.sqrt());
        let normal = A / w2.sqrt();
        (self.lon + (x_m / (normal * cos)).to_degrees(), self.lat + (y_m / meridian).to_degrees())
    }
}

/// The county's authorities.
#[derive(Debug, Clone, Deserialize)]
pub struct Government {
    /// The bureau.
    pub emergency_bureau: String,
    /// Offices by short name; the bureau itself and the towns are in the list too.
    pub departments: Vec<String>,
}

/// An insurer.
#[derive(Debug, Clone, Deserialize)]
pub struct Insurer {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
}

/// A service organisation.
#[derive(Debug, Clone, Deserialize)]
pub struct ServiceOrg {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// What it offers.
    pub kinds: Vec<String>,
    /// How many experts it has.
    pub experts: usize,
}

/// A firm in full.
#[derive(Debug, Clone, Deserialize)]
pub struct Firm {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Name of its town.
    pub town: String,
    /// Metres east of the anchor.
    pub x_m: f64,
    /// Metres north of the anchor.
    pub y_m: f64,
    /// Trade in the words of supervision.
    pub industry: String,
    /// GB/T 4754 code.
    pub gbt4754: String,
    /// Employees.
    pub employees: u32,
    /// Risk tags.
    pub tags: Vec<String>,
    /// Chemicals and tonnes.
    pub chemicals_t: serde_json::Map<String, serde_json::Value>,
    /// Level of its major hazard source, where it has one.
    pub major_hazard_level: Option<String>,
    /// R of GB 18218, where it has one.
    #[serde(rename = "R")]
    pub r: Option<f64>,
    /// Residents within 500 m, as a range.
    pub exposed_people_500m: String,
    /// Insurer.
    pub insurer: Option<String>,
    /// Service organisation that helps it prevent accidents.
    pub service_org: Option<String>,
    /// Its policy, where it is insured.
    pub policy: Option<Terms>,
}

/// What a firm is insured for, in yuan.
#[derive(Debug, Clone, Deserialize)]
pub struct Terms {
    /// Limit per person.
    pub limit_per_person: i64,
    /// Medical limit per person.
    pub medical_per_person: i64,
    /// Cumulative limit.
    pub cumulative_limit: i64,
    /// Base premium of a year.
    pub base_premium: i64,
}

/// What to generate of small firms.
#[derive(Debug, Clone, Deserialize)]
pub struct Light {
    /// How many in all.
    pub total: usize,
    /// How many of each trade.
    pub mix: Vec<(String, usize)>,
}

/// A measuring point.
#[derive(Debug, Clone, Deserialize)]
pub struct Sensor {
    /// Tag.
    pub tag: String,
    /// Firm.
    pub enterprise: String,
    /// Kind of unit.
    pub template: String,
    /// Number of the unit.
    pub unit_no: u32,
    /// What is measured.
    pub metric: String,
    /// Unit of measurement.
    pub unit: String,
    /// Low-low limit.
    pub low_low: Option<f64>,
    /// Low limit.
    pub low: Option<f64>,
    /// High limit.
    pub high: Option<f64>,
    /// High-high limit.
    pub high_high: Option<f64>,
    /// Seconds between readings.
    pub sample_s: u32,
    /// Usual value.
    pub normal_mu: f64,
    /// Usual deviation.
    pub normal_sigma: f64,
}

impl Sensor {
    /// Whether a reading is yes or no.
    pub fn is_switch(&self) -> bool {
        self.unit == "bool"
    }
    /// Whether the point can alarm at all.
    pub const fn has_limits(&self) -> bool {
        self.low_low.is_some() || self.low.is_some() || self.high.is_some() || self.high_high.is_some()
    }
}

/// Digest (SM3) of the files, so that the log says which county was loaded.
pub fn digest() -> [u8; 32] {
    platform::event::SUITE.hash(&[COUNTY.as_bytes(), SENSORS.as_bytes()])
}

/// The gateway of a firm, which is also its MQTT client id.
pub fn gateway(enterprise: &str) -> String {
    format!("{enterprise}-GW")
}

impl Demo {
    /// Reads the files that are part of the program.
    pub fn read() -> Result<Self> {
        let mut demo: Self = serde_json::from_str(COUNTY).context("county.json")?;
        let sensors: Result<Vec<Sensor>, csv::Error> =
            csv::Reader::from_reader(SENSORS.as_bytes()).deserialize().collect();
        demo.sensors = sensors.context("sensors.csv")?;
        Ok(demo)
    }
    /// The town of a name.
    pub fn town(&self, name: &str) -> Option<&Town> {
        self.county.towns.iter().find(|t| t.name == name)
    }
    /// Measuring points by firm, in the order of the file.
    pub fn sensors_by_firm(&self) -> HashMap<&str, Vec<&Sensor>> {
        let mut firms: HashMap<&str, Vec<&Sensor>> = HashMap::new();
        for sensor in &self.sensors {
            firms.entry(&sensor.enterprise).or_default().push(sensor);
        }
        firms
    }
    /// Region code of the province, as its own level cuts it.
    pub fn province(&self) -> &str {
        self.county.code.get(..2).unwrap_or_default()
    }
    /// Region code of the city.
    pub fn city(&self) -> &str {
        self.county.code.get(..4).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use standards::codes::Uscc;

    #[test]
    fn the_files_hold_the_whole_county() {
        let demo = Demo::read().unwrap();
        assert_eq!((demo.firms.len(), demo.light.total, demo.sensors.len()), (62, 1222, 1635));
        assert_eq!(demo.light.mix.iter().map(|m| m.1).sum::<usize>(), demo.light.total);
        assert_eq!((demo.insurers.len(), demo.service_orgs.len(), demo.county.towns.len()), (4, 7, 16));
        assert_eq!(demo.service_orgs.iter().map(|s| s.experts).sum::<usize>(), 70);
    }

    #[test]
    fn every_reference_inside_the_files_holds() {
        let demo = Demo::read().unwrap();
        for firm in &demo.firms {
            assert!(demo.town(&firm.town).is_some(), "{} stands in {}", firm.id, firm.town);
            assert!(firm.insurer.iter().all(|i| demo.insurers.iter().any(|o| o.id == *i)), "{}", firm.id);
        }
        assert!(demo.sensors.iter().all(|s| demo.firms.iter().any(|f| f.id == s.enterprise)));
        let codes = demo.firms.iter().map(|f| &f.uscc).chain(demo.insurers.iter().map(|i| &i.uscc));
        for code in codes.chain(demo.service_orgs.iter().map(|s| &s.uscc)) {
            assert!(Uscc::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn a_hundred_kilometres_are_about_a_degree() {
        let anchor = Anchor { lon: 124.5, lat: 29.5 };
        let (lon, lat) = anchor.degrees(96_930.0, 110_860.0);
        assert!((lon - 125.5).abs() < 0.002 && (lat - 30.5).abs() < 0.002, "{lon} {lat}");
    }
}
