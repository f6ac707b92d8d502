//! Mails as they travel: quoted-printable text (RFC 2045, section 6.7) to what the reader of the mail sees. Logs get there by list archives,
//! saved messages and tickets: `gfp_mask=3D0xd0`, and lines that are cut with `=` at their end behind 76 columns.
//!
//! A line that was put together is followed by as many empty ones as it took, so that the numbers of lines are those of the file.

use super::Stream;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes read at once.
const CHUNK: usize = 64 * 1024;

/// The longest physical line that is looked at as one; RFC 2045 allows 76 characters.
const LINE_MAX: u64 = 16 * 1024;

/// The longest line that is put together.
const JOINED_MAX: usize = 256 * 1024;

/// A header of a mail or of its part.
const HEADER: &[u8] = b"content-transfer-encoding:";

/// The longest line of the encoding (76 characters), with marks of quotation that somebody may have put before it.
const WIDTH: std::ops::RangeInclusive<usize> = 56..=80;

/// How a mail was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A header names the encoding of what follows it.
    Headed,
    /// The head is lost; the text itself is encoded.
    Bare,
}

/// Whether a text is quoted-printable, by its first bytes.
pub(super) fn shape(head: &[u8]) -> Option<Shape> {
    let lines = || head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let words = [&b"printable"[..], b"Printable", b"PRINTABLE"];
    let named = words.iter().any(|word| memchr::memmem::find(head, word).is_some());
    if named && lines().any(|line| names_encoding(line) == Some(true)) {
        return Some(Shape::Headed);
    }
    memchr::memmem::find(head, b"=3D")?;
    let cut = lines().filter(|line| line.ends_with(b"=") && WIDTH.contains(&line.len())).count();
    (cut >= 2).then_some(Shape::Bare)
}

/// For a header that tells an encoding: whether it is this one.
fn names_encoding(line: &[u8]) -> Option<bool> {
    let value = line.get(HEADER.len()..)?;
    line.get(..HEADER.len())?
        .eq_ignore_ascii_case(HEADER)
        .then(|| value.trim_ascii().eq_ignore_ascii_case(b"quoted-printable"))
}

/// Reads a mail, yields its text.
pub(super) struct Mail<'a> {
    inner: BufReader<Stream<'a>>,
    /// The encoding that the last header named, until its part begins.
    named: Option<bool>,
    /// The lines that come are encoded.
    on: bool,
    /// Physical lines that the line in `out` took, besides one.
    cut: usize,
    line: Vec<u8>,
    out: Vec<u8>,
    given: usize,
    end: bool,
}

impl<'a> Mail<'a> {
    pub(super) fn new(inner: Stream<'a>, shape: Shape) -> Self {
        Mail {
            inner: BufReader::with_capacity(CHUNK, inner),
            named: None,
            on: shape == Shape::Bare,
            cut: 0,
            line: Vec::new(),
            out: Vec::new(),
            given: 0,
            end: false,
        }
    }

    /// Puts the next whole line into `out`.
    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.given = 0;
        loop {
            self.line.clear();
            let read = (&mut self.inner).take(LINE_MAX).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                self.end = true;
                self.close();
                return Ok(());
            }
            if !self.take_line() {
                return Ok(());
            }
        }
    }

    /// Takes one physical line; true while the line goes on in the next one.
    fn take_line(&mut self) -> bool {
        let ended = self.line.ends_with(b"\n");
        let text = self.line.trim_ascii_end();
        if let Some(ours) = names_encoding(text) {
            self.named = Some(ours);
        } else if text.is_empty() {
            self.on = self.named.take().unwrap_or(self.on);
        } else if self.line.starts_with(b"From ") && self.cut == 0 {
            self.on = false;
        }
        if !self.on || !ended {
            let line = std::mem::take(&mut self.line);
            self.out.extend_from_slice(&line);
            self.line = line;
            self.close_cut();
            return false;
        }
        // Outlook writes the end of a line as a code, too: `=0A=`.
        let coded = text.strip_suffix(b"=0A=").map(|body| body.strip_suffix(b"=0D").unwrap_or(body));
        let cut = text.strip_suffix(b"=").filter(|_| coded.is_none() && self.out.len() < JOINED_MAX);
        let (soft, body) = (cut.is_some(), cut.or(coded).unwrap_or(text));
        decode(body, &mut self.out);
        if soft {
            self.cut += 1;
        } else {
            self.close();
        }
        soft
    }

    /// Ends the line in `out`.
    fn close(&mut self) {
        if !self.end || !self.out.is_empty() {
            self.out.push(b'\n');
        }
        self.close_cut();
    }

    fn close_cut(&mut self) {
        let cut = std::mem::take(&mut self.cut);
        self.out.extend(std::iter::repeat_n(b'\n', cut));
    }
}

impl Read for Mail<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.out.len() && !self.end {
            self.refill()?;
        }
        let left = self.out.get(self.given..).unwrap_or_default();
        let count = left.len().min(buf.len());
        buf[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

/// `=3D` to `=`; what is no code stays. Blanks that must not be broken become plain ones: mailers write runs of blanks so.
fn decode(text: &[u8], out: &mut Vec<u8>) {
    const NO_BREAK: u8 = 0xa0;
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let code = if *first == b'=' { after.get(..2).and_then(hex) } else { None };
        let Some(byte) = code else {
            out.push(*first);
            rest = after;
            continue;
        };
        rest = after.get(2..).unwrap_or_default();
        match (byte, out.last()) {
            (NO_BREAK, Some(0xc2)) => {
                out.pop();
                out.push(b' ');
            }
            // In Latin-1; within UTF-8 it follows other bytes above 0x7f.
            (NO_BREAK, last) if last.is_none_or(u8::is_ascii) => out.push(b' '),
            // A line feed would add a line.
            (b'\n' | b'\r', _) => {}
            _ => out.push(byte),
        }
    }
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, shape: Shape) -> String {
        let mut out = String::new();
        Mail::new(Box::new(text.as_bytes()), shape).read_to_string(&mut out).unwrap();
        out
    }

    const HEAD: &str = "Subject: =?utf-8?q?a?=\nContent-Transfer-Encoding: Quoted-Printable\nX: =3D\n\n";

    #[test]
    fn lines_are_put_together_and_keep_their_numbers() {
        let body = "ed invoked oom-killer: gfp_mask=3D0xd0, or=\nder=3D0\nNode 0=20\nend";
        assert_eq!(
            read(&format!("{HEAD}{body}"), Shape::Headed),
            HEAD.to_owned() + "ed invoked oom-killer: gfp_mask=0xd0, order=0\n\nNode 0 \nend"
        );
        assert_eq!(read("a=\r\nb=\r\nc\r\nd\r\n", Shape::Bare), "abc\n\n\nd\n");
        assert_eq!(read("a =3D=\n b=0A=\nc=0D=0A=\nd\n", Shape::Bare), "a = b\n\nc\nd\n");
    }

    #[test]
    fn only_what_is_encoded_is_decoded() {
        let part = "\n--b\nContent-Transfer-Encoding: 7bit\n\nx=3D1 a=\n";
        assert_eq!(read(&format!("{HEAD}y=3D1\n{part}"), Shape::Headed), format!("{HEAD}y=1\n{part}"));
        let next = "From a@b Mon Nov 23\nx=3D1\n";
        assert_eq!(read(&format!("{HEAD}y=3D1\n\n{next}"), Shape::Headed), format!("{HEAD}y=1\n\n{next}"));
        assert_eq!(read("a=zz=4 =\nb=", Shape::Bare), "a=zz=4 b=\n");
    }

    #[test]
    fn blanks_of_mailers() {
        assert_eq!(read("CPU =C2=A0 =C2=A00: =A0x =E0=A0=80\n", Shape::Bare), "CPU    0:  x \u{800}\n");
    }

    #[test]
    fn which_texts_are_encoded() {
        assert_eq!(shape(HEAD.as_bytes()), Some(Shape::Headed));
        let line = "[  244.327148] oom-kill:constraint=3DCONSTRAINT_NONE,nodemask=3D(null),glob=\n";
        assert_eq!(shape(line.repeat(2).as_bytes()), Some(Shape::Bare));
        let base64 = "c2FtcGxlIGxpbmUgb2YgYSBsb2cgdGhhdCBpcyBlbmNvZGVkIHNvbWVob3cgZGlmZmVyZW50=\n";
        for text in ["", "a=3D", line, &base64.repeat(9), "we speak of content-transfer-encoding: quoted-printable"] {
            assert_eq!(shape(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn any_step_gives_the_same() {
        let text = format!("{HEAD}a=3D=\nb=\n\nc=E2=82=AC=\n");
        let whole = read(&text, Shape::Headed);
        let mut mail = Mail::new(Box::new(text.as_bytes()), Shape::Headed);
        let (mut out, mut one) = (Vec::new(), [0]);
        while mail.read(&mut one).unwrap() > 0 {
            out.push(one[0]);
        }
        assert_eq!(String::from_utf8(out).unwrap(), whole);
    }
}
