//! oomscan finds out why a container, service or node restarted, and whether it was memory, from logs alone.
//!
//! Bytes flow one way: [`source`] opens what is named, [`prefilter`] finds the lines that matter, [`framing`] peels off their
//! carrier, [`recognize`] finds facts, [`correlate`] joins them to incidents, [`diagnose`] explains them, [`report`] is the
//! result, [`render`] shows it. [`scan`] does all of it:
//!
//! ```
//! use oomscan::{scan, source::Input};
//!
//! let report = scan::scan(&[Input::Path("samples/canal-node".into())], &scan::Options::default());
//! assert_eq!(report.summary.memory, 6);
//! println!("{}", report.incidents[0].summary);
//! ```
//!
//! For a single block of kernel text there is [`recognize::kernel::parse_lines`]; [`exit_code::lookup`] explains a number,
//! [`identity::parse`] a cgroup path.

pub mod cli;
pub mod correlate;
pub mod diagnose;
pub mod event;
pub mod exit_code;
pub mod framing;
pub mod identity;
pub mod language;
pub mod live;
pub mod prefilter;
pub mod recognize;
pub mod record;
pub mod render;
pub mod report;
pub mod scan;
pub mod source;
pub mod time;
