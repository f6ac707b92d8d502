//! Dates as `dmesg -T` and localised `journalctl` print them, in the languages of many locales.
//!
//! `dmesg -T` uses `strftime("%a %b %e %H:%M:%S %Y")` with the user's locale (util-linux `sys-utils/dmesg.c`,
//! `record_ctime`). Day and month names, their case, dots and even their order differ: `Mon Nov 23 09:50:18 2026`,
//! `Di Aug 12 03:54:03 2025`, `dim. 19 avril 18:03:30 2026`, `一 11月 23 09:50:18 2026`.

use super::bytes::{clock, clock_minutes, digits, utf8};
use crate::event::Wall;

/// Month names by language (glibc's `abmon` and `mon`), lower case, without a final dot. English first: it is the usual one.
///
/// Not listed: Croatian, whose `lis` is October while Polish and Czech `lis` is November.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan",
        "january",
        "januar",
        "janvier",
        "janv",
        "ene",
        "enero",
        "gen",
        "gennaio",
        "januari",
        "janeiro",
        "sty",
        "stycznia",
        "янв",
        "января",
        "led",
        "oca",
        "ocak",
        "tammi",
        "sij",
        "ian",
        "січ",
        "ιαν",
        "jän",
        "jänner",
    ],
    &[
        "feb",
        "february",
        "februar",
        "févr",
        "février",
        "fév",
        "febrero",
        "febbraio",
        "februari",
        "fev",
        "fevereiro",
        "lut",
        "lutego",
        "фев",
        "февраля",
        "úno",
        "şub",
        "şubat",
        "helmi",
        "febr",
        "лют",
        "φεβ",
    ],
    &[
        "mar",
        "march",
        "mär",
        "mrz",
        "märz",
        "mars",
        "marzo",
        "mrt",
        "maart",
        "março",
        "marca",
        "мар",
        "марта",
        "bře",
        "maalis",
        "már",
        "márc",
        "бер",
        "μαρ",
        "març",
    ],
    &[
        "apr",
        "april",
        "avr",
        "avril",
        "abr",
        "abril",
        "aprile",
        "kwi",
        "kwietnia",
        "апр",
        "апреля",
        "dub",
        "nis",
        "nisan",
        "huhti",
        "ápr",
        "кві",
        "απρ",
    ],
    &[
        "may", "mai", "mayo", "mag", "maggio", "mei", "maj", "maja", "май", "мая", "kvě", "mayıs", "touko", "máj",
        "тра", "μαϊ", "μαΐ", "maio",
    ],
    &[
        "jun", "june", "juni", "juin", "junio", "giu", "giugno", "junho", "cze", "czerwca", "июн", "июня", "čen",
        "haz", "haziran", "kesä", "jún", "чер", "ιουν",
    ],
    &[
        "jul", "july", "juli", "juil", "juillet", "julio", "lug", "luglio", "julho", "lip", "lipca", "июл", "июля",
        "čec", "tem", "temmuz", "heinä", "júl", "лип", "ιουλ",
    ],
    &[
        "aug",
        "august",
        "août",
        "ago",
        "agosto",
        "augustus",
        "augusti",
        "sie",
        "sierpnia",
        "авг",
        "августа",
        "srp",
        "ağu",
        "ağustos",
        "elo",
        "сер",
        "αυγ",
    ],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "set",
        "settembre",
        "setembro",
        "wrz",
        "września",
        "сен",
        "сентября",
        "zář",
        "eyl",
        "eylül",
        "syys",
        "szept",
        "вер",
        "σεπ",
    ],
    &[
        "oct",
        "october",
        "okt",
        "oktober",
        "octobre",
        "octubre",
        "ott",
        "ottobre",
        "out",
        "outubro",
        "paź",
        "października",
        "окт",
        "октября",
        "říj",
        "eki",
        "ekim",
        "loka",
        "жов",
        "οκτ",
    ],
    &[
        "nov",
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "lis",
        "listopada",
        "ноя",
        "ноября",
        "kas",
        "kasım",
        "marras",
        "лис",
        "νοε",
    ],
    &[
        "dec",
        "december",
        "dez",
        "dezember",
        "déc",
        "décembre",
        "dic",
        "diciembre",
        "dicembre",
        "dezembro",
        "gru",
        "grudnia",
        "дек",
        "декабря",
        "pro",
        "ara",
        "aralık",
        "joulu",
        "des",
        "гру",
        "δεκ",
    ],
];

/// Month number (1 to 12) of a name in any of the known languages, or of `11月`, `11월`, `11.`.
pub(super) fn month(name: &str) -> Option<u8> {
    if let Some(n) = english_month(name.as_bytes()) {
        return Some(n);
    }
    let name = name.trim_end_matches(['.', ',']);
    if let Some(number) = name.strip_suffix('月').or_else(|| name.strip_suffix('월')) {
        return number.parse().ok().filter(|n| (1..=12).contains(n));
    }
    let lower = name.to_lowercase();
    let index = MONTHS.iter().position(|names| names.contains(&lower.as_str()))?;
    u8::try_from(index + 1).ok()
}

/// Month number of an English three-letter name as the C locale prints it (`Nov`): the one that is hot.
pub(super) fn english_month(name: &[u8]) -> Option<u8> {
    let number = match name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    };
    Some(number)
}

/// The content of a `dmesg -T` bracket. Outer `None`: it is no such date. Inner `None`: it is one, but its month or day is
/// in a language that is not known; the time is then left out.
pub(super) fn bracket(inner: &[u8]) -> Option<Option<Wall>> {
    let (body, year) = inner.split_at_checked(inner.len().checked_sub(5)?)?;
    let year = year.strip_prefix(b" ").and_then(|y| digits(y, 0)).filter(|(y, end)| *end == 4 && *y >= 1970)?.0;
    let (names, time) = body.split_at_checked(body.len().checked_sub(9)?)?;
    let second = time.strip_prefix(b" ").and_then(|t| clock(t, 0))?;
    Some(date(names).map(|(month, day)| Wall::Civil {
        year: i32::try_from(year).ok(),
        month,
        day,
        second,
        micros: 0,
        offset_s: None,
    }))
}

/// The content of the bracket at a minute's first record of `dmesg -e`: `Nov23 09:50`, `Nov 3 09:50` (`"%b%e %H:%M"`).
pub(super) fn minute_bracket(inner: &[u8]) -> Option<Wall> {
    let (names, time) = inner.split_at_checked(inner.len().checked_sub(6)?)?;
    let minute = time.strip_prefix(b" ").and_then(|t| clock_minutes(t, 0))?;
    let text = utf8(names)?;
    let day_at = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let day = text.get(day_at..)?.parse().ok().filter(|d| (1..=31).contains(d))?;
    let month = month(text.get(..day_at)?.trim())?;
    Some(Wall::Civil { year: None, month, day, second: minute * 60, micros: 0, offset_s: None })
}

/// Month and day from the words before the time, in either order. The weekday comes first everywhere and is left out: it
/// may look like a month (Spanish `mar` is Tuesday and March).
fn date(names: &[u8]) -> Option<(u8, u8)> {
    let text = utf8(names)?;
    let (mut found_month, mut found_day) = (None, None);
    for name in text.split_ascii_whitespace().skip(1).take(4) {
        let number = name.trim_end_matches(['.', ',', '日', '일']).parse::<u8>();
        match number {
            Ok(day) if (1..=31).contains(&day) => found_day = Some(day),
            _ => found_month = month(name).or(found_month),
        }
    }
    Some((found_month?, found_day?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil(inner: &str) -> (Option<i32>, u8, u8, u32) {
        match bracket(inner.as_bytes()) {
            Some(Some(Wall::Civil { year, month, day, second, .. })) => (year, month, day, second),
            other => panic!("{inner}: {other:?}"),
        }
    }

    #[test]
    fn dates_in_many_languages() {
        assert_eq!(civil("Mon Nov 23 09:50:18 2026"), (Some(2026), 11, 23, 35_418));
        assert_eq!(civil("Thu Dec  7 00:05:14 2017"), (Some(2017), 12, 7, 314));
        assert_eq!(civil("Di Aug 12 03:54:03 2025"), (Some(2025), 8, 12, 14_043));
        assert_eq!(civil("dim. 19 avril 18:03:30 2026"), (Some(2026), 4, 19, 65_010));
        assert_eq!(civil("mar nov 24 00:00:01 2026"), (Some(2026), 11, 24, 1));
        assert_eq!(civil("mar mar 24 00:00:01 2026"), (Some(2026), 3, 24, 1));
        assert_eq!(civil("一 11月 23 09:50:18 2026"), (Some(2026), 11, 23, 35_418));
        assert_eq!(civil("Пн ноя 23 09:50:18 2026"), (Some(2026), 11, 23, 35_418));
        assert_eq!(civil("월 11월 23 09:50:18 2026"), (Some(2026), 11, 23, 35_418));
    }

    #[test]
    fn an_unknown_language_keeps_the_shape() {
        assert_eq!(bracket("Isnin Ogoss 12 03:54:03 2025".as_bytes()), Some(None));
    }

    #[test]
    fn what_is_no_date() {
        for inner in ["", "  123", "1260.571854", "abc 2026", "x 99:99:99 2026", "Mon Nov 23 09:50:18 12026", "é026"] {
            assert_eq!(bracket(inner.as_bytes()), None, "{inner}");
        }
    }

    #[test]
    fn minutes_of_reltime() {
        let wall = |month, day, second| Some(Wall::Civil { year: None, month, day, second, micros: 0, offset_s: None });
        assert_eq!(minute_bracket(b"Nov23 09:50"), wall(11, 23, 35_400));
        assert_eq!(minute_bracket(b"Nov 3 09:50"), wall(11, 3, 35_400));
        assert_eq!(minute_bracket(b"pid 09:50"), None);
    }

    #[test]
    fn no_month_name_is_listed_twice() {
        for (i, names) in MONTHS.iter().enumerate() {
            for name in *names {
                let elsewhere = MONTHS.iter().enumerate().any(|(j, other)| i != j && other.contains(name));
                assert!(!elsewhere, "{name}");
            }
        }
    }
}
