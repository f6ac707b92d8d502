//! The program as it is called: every file in `tests/cmd` is a call with what it prints and its exit status.
//! `TRYCMD=overwrite cargo test --test cli` writes the outputs anew.

#[test]
fn calls() {
    trycmd::TestCases::new().case("tests/cmd/*.toml");
}
