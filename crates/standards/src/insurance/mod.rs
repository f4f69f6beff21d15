//! 安全生产责任保险: who must insure, for how much, at what premium, and by when a claim is handled.

mod claim;
mod duty;
mod premium;

pub use claim::{ClaimAsked, ClaimClock, Supplement, claim_clock};
pub use duty::{
    FeeRow, LimitRow, MinLimit, MustInsure, PreventionFee, SectorRow, min_limit, must_insure, prevention_fee,
};
pub use premium::{BandRow, Coefficient, FactorRow, Premium, PremiumAsked, PremiumFactor, SchemeRow, premium};
