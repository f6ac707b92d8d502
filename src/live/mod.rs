//! The machine that the program runs on: what it has to say of itself, and following its logs while they grow.

mod access;
mod cgroups;
mod commands;
pub mod follow;
pub mod machine;
