//! exit_code stub
pub fn signal_of(code: i64) -> Option<i32> {
    if (129..=192).contains(&code) { i32::try_from(code - 128).ok() } else { None }
}
pub fn signal_name(_n: i32) -> Option<&'static str> {
    None
}
