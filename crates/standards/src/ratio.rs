//! Exact fractions: sums of quotients such as Σ q/Q decide a legal threshold, and neither binary
//! floats nor rounded decimals hold `0.1/0.3 + 0.1/0.3 + 0.1/0.3 = 1`.

use alloc::string::{String, ToString};
use core::cmp::Ordering;
use rust_decimal::Decimal;

/// A reduced fraction with a positive denominator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ratio {
    num: i128,
    den: i128,
}

/// Digits after the point that [`Ratio::to_decimal`] writes at most.
const PLACES: usize = 20;

impl Ratio {
    /// Zero.
    pub const ZERO: Ratio = Ratio { num: 0, den: 1 };

    /// The exact value of a decimal.
    pub fn from_decimal(value: Decimal) -> Option<Ratio> {
        let value = value.normalize();
        Ratio::new(value.mantissa(), 10i128.checked_pow(value.scale())?)
    }

    fn new(num: i128, den: i128) -> Option<Ratio> {
        if den == 0 {
            return None;
        }
        let divisor = gcd(num.unsigned_abs(), den.unsigned_abs());
        let divisor = i128::try_from(divisor).ok()?.checked_mul(den.signum())?;
        Some(Ratio { num: num.checked_div(divisor)?, den: den.checked_div(divisor)? })
    }

    /// The sum, none where it would overflow.
    pub fn plus(self, other: Ratio) -> Option<Ratio> {
        let common = i128::try_from(gcd(self.den.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let left = self.num.checked_mul(other.den / common)?;
        let right = other.num.checked_mul(self.den / common)?;
        Ratio::new(left.checked_add(right)?, (self.den / common).checked_mul(other.den)?)
    }

    /// The product, none where it would overflow.
    pub fn times(self, other: Ratio) -> Option<Ratio> {
        // Reducing crosswise first keeps the products small.
        let a = Ratio::new(self.num, other.den)?;
        let b = Ratio::new(other.num, self.den)?;
        Ratio::new(a.num.checked_mul(b.num)?, a.den.checked_mul(b.den)?)
    }

    /// The quotient, none for a zero divisor or an overflow.
    pub fn over(self, other: Ratio) -> Option<Ratio> {
        self.times(Ratio::new(other.den, other.num)?)
    }

    /// The value as a decimal, cut (not rounded) after 20 places, so that a value below a threshold
    /// never prints as the threshold.
    pub fn to_decimal(self) -> Option<Decimal> {
        let mut text = String::new();
        if self.num < 0 {
            text.push('-');
        }
        let (num, den) = (self.num.unsigned_abs(), self.den.unsigned_abs());
        text.push_str(&(num / den).to_string());
        text.push('.');
        let mut rest = num % den;
        let room = 27usize.saturating_sub(text.len());
        for _ in 0..PLACES.min(room) {
            rest = rest.checked_mul(10)?;
            text.push(char::from_digit(u32::try_from(rest / den).ok()?, 10)?);
            rest %= den;
        }
        text.push('0');
        Decimal::from_str_exact(&text).ok().map(|d| d.normalize())
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Ratio) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Ratio) -> Ordering {
        // Compared like continued fractions, because cross products may overflow.
        let (a, b) = (self.num.div_euclid(self.den), other.num.div_euclid(other.den));
        let (ra, rb) = (self.num.rem_euclid(self.den), other.num.rem_euclid(other.den));
        a.cmp(&b).then_with(|| match (ra, rb) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            _ => Ratio { num: other.den, den: rb }.cmp(&Ratio { num: self.den, den: ra }),
        })
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn r(text: &str) -> Ratio {
        Ratio::from_decimal(Decimal::from_str_exact(text).unwrap()).unwrap()
    }

    #[test]
    fn three_thirds_are_one_and_seven_two_one_tenths_too() {
        let third = r("0.1").over(r("0.3")).unwrap();
        assert_eq!(third.plus(third).and_then(|s| s.plus(third)), Some(r("1")));
        assert_eq!(r("0.7").plus(r("0.2")).and_then(|s| s.plus(r("0.1"))), Some(r("1")));
        assert!(third.to_decimal().unwrap().to_string().starts_with("0.33333333333333333333"));
    }

    #[test]
    fn nothing_has_no_sign() {
        let nothing = r("0").to_decimal().unwrap();
        assert!(!nothing.is_sign_negative() && nothing.to_string() == "0");
        assert_eq!(r("-0.5").to_decimal().unwrap().to_string(), "-0.5");
    }

    #[test]
    fn just_below_a_threshold_never_prints_as_the_threshold() {
        let below = Ratio::new(10i128.pow(30) - 1, 10i128.pow(30)).unwrap();
        assert!(below < r("1"));
        assert_eq!(below.to_decimal().unwrap().to_string(), "0.99999999999999999999");
    }

    #[test]
    fn zero_division_and_overflow_are_none() {
        assert_eq!(r("1").over(Ratio::ZERO), None);
        let huge = Ratio { num: i128::MAX, den: 1 };
        assert_eq!(huge.plus(huge), None);
        assert_eq!(huge.times(huge), None);
        assert_eq!(Ratio::new(1, 0), None);
        assert_eq!(r("-1.5").to_decimal().unwrap().to_string(), "-1.5");
    }

    proptest! {
        #[test]
        fn order_agrees_with_cross_products(a in -1000i128..1000, b in 1i128..1000, c in -1000i128..1000, d in 1i128..1000) {
            let (x, y) = (Ratio::new(a, b).unwrap(), Ratio::new(c, d).unwrap());
            prop_assert_eq!(x.cmp(&y), (a * d).cmp(&(c * b)));
        }

        #[test]
        fn sums_and_products_agree_with_integers(a in -1000i128..1000, b in 1i128..1000, c in -1000i128..1000, d in 1i128..1000) {
            let (x, y) = (Ratio::new(a, b).unwrap(), Ratio::new(c, d).unwrap());
            prop_assert_eq!(x.plus(y), Ratio::new(a * d + c * b, b * d));
            prop_assert_eq!(x.times(y), Ratio::new(a * c, b * d));
        }
    }
}
