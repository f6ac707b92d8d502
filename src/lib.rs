//! oomscan finds out why a container, service or node restarted, and whether it was memory, from logs alone.
//!
//! Bytes flow one way: [`source`] opens what is named, [`framing`] peels off the carrier, [`recognize`] finds facts,
//! [`correlate`] joins them to incidents, [`diagnose`] explains them, [`report`] is the result, [`render`] shows it.

pub mod cli;
pub mod correlate;
pub mod diagnose;
pub mod event;
pub mod exit_code;
pub mod framing;
pub mod identity;
pub mod live;
pub mod prefilter;
pub mod recognize;
pub mod record;
pub mod render;
pub mod report;
pub mod scan;
pub mod source;
pub mod time;
