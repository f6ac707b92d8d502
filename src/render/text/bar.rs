//! Small bars.

/// A bar of `columns` columns filled by `share` (0..=1, more is full), in eighths of a column.
pub(crate) fn bar(share: f64, columns: usize) -> String {
    const PARTS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (share * columns as f64 * 8.0).round() as usize;
    let mut text = "█".repeat(eighths / 8);
    if let Some(&part) = (eighths % 8).checked_sub(1).and_then(|at| PARTS.get(at)) {
        text.push(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_in_eighths() {
        assert_eq!((bar(0.0, 4), bar(1.0, 4), bar(9.0, 2)), (String::new(), "████".into(), "██".into()));
        assert_eq!((bar(0.5, 3), bar(0.03, 4)), ("█▌".into(), "▏".into()));
        assert_eq!((bar(f64::NAN, 4), bar(-1.0, 4)), (String::new(), String::new()));
    }
}
