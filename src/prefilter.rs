//! prefilter
