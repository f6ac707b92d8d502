//! The program as it is called: every file in `tests/cmd` is a call with what it prints and its exit status.
//! `TRYCMD=overwrite cargo test --test cli` writes the outputs anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[test]
fn calls() {
    trycmd::TestCases::new().case("tests/cmd/*.toml");
}
