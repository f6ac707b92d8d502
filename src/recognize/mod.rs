//! Recognisers: records and documents in, events out.

pub mod document;
pub mod kernel;
pub mod runtime;
