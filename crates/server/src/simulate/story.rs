//! Stories the devices tell: readings only, people answer them.
use crate::simulate::keys::Playing;

/// A story: what some tags show, by seconds from its start.
#[derive(Debug)]
pub struct Story {
    /// Name.
    pub name: &'static str,
    /// What happens, in one line.
    pub title: &'static str,
    /// Firm it happens at.
    pub enterprise: &'static str,
    /// Tag → (second, value), joined by straight lines.
    pub tracks: &'static [(&'static str, &'static [(f64, f64)])],
}

/// Detectors in a story report this often, in seconds of the story.
const STEP_S: f64 = 5.0;

/// Steps 1 and 2 of the chlorine story: a gasket of line 4 leaks near detector 17; its neighbours
/// follow. Above 1.0 mg/m³ for seven minutes, 1.9 at the most.
const S1: Story = Story {
    name: "S1",
    title: "岚江氯碱 4 号管线垫片泄漏：17 号氯气探头 0.2 → 1.4 → 1.9 mg/m³ 后回落，16、18 号探头随后越限",
    enterprise: "E001",
    tracks: &[
        (
            "E001-gas_toxic_cl2-17-cl2",
            &[
                (0.0, 0.02),
                (10.0, 0.2),
                (30.0, 0.8),
                (35.0, 1.4),
                (120.0, 1.7),
                (180.0, 1.9),
                (300.0, 1.6),
                (420.0, 1.1),
                (460.0, 0.9),
                (540.0, 0.2),
                (600.0, 0.03),
            ],
        ),
        (
            "E001-gas_toxic_cl2-16-cl2",
            &[(0.0, 0.02), (40.0, 0.3), (70.0, 1.1), (180.0, 1.35), (330.0, 1.05), (420.0, 0.5), (600.0, 0.02)],
        ),
        (
            "E001-gas_toxic_cl2-18-cl2",
            &[(0.0, 0.03), (50.0, 0.3), (90.0, 1.05), (180.0, 1.25), (300.0, 1.02), (390.0, 0.4), (600.0, 0.02)],
        ),
    ],
};

/// All stories that can be told by devices.
pub const STORIES: &[&Story] = &[&S1];

impl Story {
    /// The story of a name, in capitals or not.
    pub fn find(name: &str) -> Option<&'static Self> {
        STORIES.iter().copied().find(|s| s.name.eq_ignore_ascii_case(name.trim()))
    }

    /// How long it takes, in seconds of its own time.
    pub fn seconds(&self) -> f64 {
        self.tracks.iter().filter_map(|(_, track)| track.last()).map(|(second, _)| *second).fold(0.0, f64::max)
    }

    /// What a tag shows at a second of the story; `None` where the story says nothing of it.
    pub fn value(&self, tag: &str, second: f64) -> Option<f64> {
        let (_, track) = self.tracks.iter().find(|(name, _)| *name == tag)?;
        track.windows(2).find_map(|pair| {
            let [(from, a), (to, b)] = pair else { return None };
            let inside = *from <= second && second <= *to;
            inside.then(|| ((a + (b - a) * (second - from) / (to - from)) * 1_000.0).round() / 1_000.0)
        })
    }
}

/// What a story has to say of a tag at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// This value.
    Value(f64),
    /// Nothing now, but something a moment later: the detector is silent until then.
    Later,
    /// Nothing: the tag is in no story.
    Nothing,
}

impl Playing {
    /// The story being played.
    pub fn story(&self) -> Option<&'static Story> {
        Story::find(&self.story)
    }

    fn second(&self, ts: i64) -> f64 {
        (ts - self.from) as f64 / 1_000.0 * self.speed
    }

    fn at(&self, step: f64) -> i64 {
        self.from + (step * STEP_S / self.speed * 1_000.0).round() as i64
    }

    /// The first step of the story after a time; the end of time where it is over.
    pub fn next_step(&self, after: i64) -> i64 {
        let step = (self.second(after).max(-1.0) / STEP_S).floor() + 1.0;
        let next = if self.at(step) > after { self.at(step) } else { self.at(step + 1.0) };
        let over = self.story().is_none_or(|story| self.second(next) > story.seconds() + STEP_S);
        if over { i64::MAX } else { next }
    }

    /// What the story says of a tag at a time.
    pub fn tells(&self, tag: &str, ts: i64) -> Told {
        let Some(story) = self.story() else { return Told::Nothing };
        let second = self.second(ts);
        if !(0.0..=story.seconds()).contains(&second) || !story.tracks.iter().any(|(name, _)| *name == tag) {
            return Told::Nothing;
        }
        let step = (second / STEP_S).round();
        let on_step = self.at(step) == ts;
        story.value(tag, step * STEP_S).filter(|_| on_step).map_or(Told::Later, Told::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::county::Demo;

    #[test]
    fn stories_are_about_points_the_county_has() {
        let demo = Demo::read().unwrap();
        for story in STORIES {
            for (tag, track) in story.tracks {
                let sensor = demo.sensors.iter().find(|s| s.tag == *tag).unwrap();
                assert_eq!(sensor.enterprise, story.enterprise);
                assert!(track.windows(2).all(|w| w[0].0 < w[1].0), "{tag}");
            }
        }
    }

    #[test]
    fn s1_rises_to_1_4_and_1_9_and_detector_17_is_first() {
        let first = |tag: &str| (0..=600).find(|s| S1.value(tag, f64::from(*s)).unwrap() >= 1.0).unwrap();
        let detector = |no: u32| format!("E001-gas_toxic_cl2-{no}-cl2");
        assert!(first(&detector(17)) < first(&detector(16)) && first(&detector(16)) < first(&detector(18)));
        assert_eq!(S1.value(&detector(17), 35.0), Some(1.4));
        let above = (0..=600).filter(|s| S1.value(&detector(17), f64::from(*s)).unwrap() >= 1.0).count();
        assert!((390..=450).contains(&above), "about seven minutes above the limit: {above} s");
        assert!((0..=600).all(|s| S1.value(&detector(17), f64::from(s)).unwrap() <= 1.9));
        assert_eq!(S1.value(&detector(9), 35.0), None);
        assert_eq!(S1.value(&detector(17), 601.0), None);
    }

    #[test]
    fn a_story_is_told_step_by_step_at_any_speed() {
        for speed in [1.0, 7.0, 60.0] {
            let playing = Playing { story: "s1".into(), from: 1_000, speed };
            let tag = "E001-gas_toxic_cl2-17-cl2";
            let (mut at, mut told) = (0, vec![]);
            while at < i64::MAX {
                if let Told::Value(value) = playing.tells(tag, at) {
                    told.push(value);
                }
                at = playing.next_step(at);
            }
            assert_eq!(told.len(), 121, "every five seconds of ten minutes at speed {speed}");
            assert_eq!(told.iter().find(|v| **v >= 1.0), Some(&1.4), "the first reading beyond the limit is 1.4");
            assert_eq!(playing.tells(tag, 999), Told::Nothing);
            assert_eq!(playing.tells("E001-gas_toxic_cl2-01-cl2", 1_000), Told::Nothing);
        }
        let playing = Playing { story: "S1".into(), from: 1_000, speed: 1.0 };
        assert_eq!(playing.tells("E001-gas_toxic_cl2-17-cl2", 3_000), Told::Later);
    }
}
