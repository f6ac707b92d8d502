//! Where a line of text may end: at blanks, and between the characters of scripts that write none.
//!
//! A small part of the rules of Unicode (UAX #14) is enough: Chinese and Japanese text breaks between any two characters, but
//! closing punctuation never begins a line and opening punctuation never ends one. Korean breaks at its blanks.

/// Punctuation that may not begin a line: it belongs to what stands before it.
const CLOSING: &str = ",.;:!?)]}%\"'，。、．；：？！…—～·％）］｝」』】》〉〕〗”’";

/// Punctuation that may not end a line: it belongs to what follows.
const OPENING: &str = "([{\"'（［｛「『【《〈〔〖“‘";

/// Cuts text into pieces between which a line may end. Blanks stay at the end of the piece before them.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.extend(text.get(start..at));
            start = at;
        }
        before = Some(c);
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if before == ' ' || after == ' ' {
        return before == ' ' && after != ' ';
    }
    (is_ideographic(before) || is_ideographic(after)) && !CLOSING.contains(after) && !OPENING.contains(before)
}

/// Characters of scripts without blanks, and their punctuation: CJK symbols, kana, ideographs, full-width forms.
fn is_ideographic(c: char) -> bool {
    matches!(u32::from(c), 0x2E80..=0x312F | 0x3190..=0xA4CF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF01..=0xFF60
        | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_together() {
        assert_eq!(pieces("the  limit, 5 MiB "), ["the  ", "limit, ", "5 ", "MiB "]);
        assert_eq!(pieces("/a/b!c"), ["/a/b!c"]);
        assert_eq!(pieces(""), Vec::<&str>::new());
        assert_eq!(pieces("메모리 부족"), ["메모리 ", "부족"]);
    }

    #[test]
    fn chinese_breaks_between_characters() {
        assert_eq!(pieces("内存不足"), ["内", "存", "不", "足"]);
        assert_eq!(pieces("达到 512 MiB 限制"), ["达", "到 ", "512 ", "MiB ", "限", "制"]);
        assert_eq!(pieces("杀死java进程"), ["杀", "死", "java", "进", "程"]);
    }

    #[test]
    fn punctuation_stays_where_it_belongs() {
        assert_eq!(pieces("重启，（容器）。"), ["重", "启，", "（容", "器）。"]);
        assert_eq!(pieces("“内存”：java"), ["“内", "存”：", "java"]);
        assert_eq!(pieces("杀死 'a' (pid 7)，因"), ["杀", "死 ", "'a' ", "(pid ", "7)，", "因"]);
    }
}
