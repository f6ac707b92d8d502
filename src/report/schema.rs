//! The JSON Schema of the report, generated from its types.

/// The JSON Schema of [`super::Report`] as pretty-printed text.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(super::Report);
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}
