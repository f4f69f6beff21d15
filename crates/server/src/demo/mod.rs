//! The fictional county 岚江县: registers, map, signals and history, made from files and a seed.
pub mod county;
pub mod desk;
pub mod history;
pub mod light;
mod load;
pub mod log;
pub mod map;
pub mod people;
pub mod roster;
pub mod seeded;
pub mod signal;
pub mod titles;

pub use load::{PASSWORD, logins, prepare};
