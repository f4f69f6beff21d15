//! Repeatable chance: the same seed and name give the same county on every machine.

/// Mixes a number well (the finaliser of SplitMix64).
pub const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number from a text (FNV-1a).
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// A share in `[0, 1)` from a number.
pub fn share(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// A bell-shaped number from one word: mean 0, deviation 1, never beyond ±3.47, so that noise has
/// a hard edge. It is the sum of the word's four quarters.
pub fn bell(bits: u64) -> f64 {
    const SCALE: f64 = 1.732_050_807_568_877_2 / 65_536.0;
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
    (sum as f64 - 131_070.0) * SCALE
}

/// A run of repeatable chances.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The run of a name under a seed.
    pub fn of(seed: u64, name: &str) -> Self {
        Self(mix(seed ^ hash(name)))
    }
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0)
    }
    /// A share in `[0, 1)`.
    pub fn share(&mut self) -> f64 {
        share(self.bits())
    }
    /// A bell-shaped number, mean 0 and deviation 1.
    pub fn bell(&mut self) -> f64 {
        bell(self.bits())
    }
    /// A whole number in `[from, to)`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.share() * (to - from).max(1) as f64) as i64
    }
    /// One of a list; `None` only where the list is empty.
    pub fn of_list<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = (self.share() * list.len() as f64) as usize;
        list.get(at)
    }
    /// One of a list of words.
    pub fn word<'a>(&mut self, list: &[&'a str]) -> &'a str {
        self.of_list(list).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_name_give_the_same_run() {
        let (mut a, mut b, mut c) = (Chance::of(1, "x"), Chance::of(1, "x"), Chance::of(2, "x"));
        let run: Vec<u64> = (0..5).map(|_| a.bits()).collect();
        assert_eq!(run, (0..5).map(|_| b.bits()).collect::<Vec<_>>());
        assert_ne!(run, (0..5).map(|_| c.bits()).collect::<Vec<_>>());
    }

    #[test]
    fn the_bell_has_mean_zero_deviation_one_and_an_edge() {
        let mut chance = Chance::of(7, "bell");
        let drawn: Vec<f64> = (0..50_000).map(|_| chance.bell()).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let deviation = (drawn.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / drawn.len() as f64).sqrt();
        assert!(mean.abs() < 0.02 && (deviation - 1.0).abs() < 0.02, "{mean} {deviation}");
        assert!(drawn.iter().all(|v| v.abs() < 3.47));
    }
}
