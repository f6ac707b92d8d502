//! What the place that the report goes to can show.

use super::args::ColorChoice;
use crate::render::{DEFAULT_WIDTH, Style};
use std::io::IsTerminal;

/// What decides about colours, bars and width.
#[derive(Debug, Clone, Default)]
pub(super) struct Terminal {
    /// The report goes to a terminal.
    pub(super) is_terminal: bool,
    /// Its columns.
    pub(super) columns: Option<usize>,
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub(super) no_color: bool,
    /// `CLICOLOR_FORCE` is set and not `0` (bixense.com/clicolors).
    pub(super) force_color: bool,
    /// `TERM=dumb`.
    pub(super) dumb: bool,
    /// The locale says that it cannot show UTF-8.
    pub(super) ascii: bool,
    /// It is known to understand links.
    pub(super) links: bool,
}

impl Terminal {
    /// Looks at standard output and the environment; `to_file`: the report goes elsewhere.
    pub(super) fn detect(to_file: bool) -> Self {
        let is_terminal = !to_file && std::io::stdout().is_terminal();
        let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            is_terminal,
            columns: columns.filter(|_| is_terminal),
            no_color: set("NO_COLOR"),
            force_color: set("CLICOLOR_FORCE") && variable("CLICOLOR_FORCE") != "0",
            dumb: variable("TERM") == "dumb",
            ascii: is_ascii_locale(),
            links: knows_links(),
        }
    }

    /// How the report is to look there. Nothing but text goes into files and pipes, unless colours were asked for.
    pub(super) fn style(&self, choice: ColorChoice) -> Style {
        let able = self.is_terminal && !self.dumb;
        let (color, asked) = match choice {
            ColorChoice::Always => (true, true),
            ColorChoice::Never => (false, false),
            ColorChoice::Auto if self.no_color => (false, false),
            ColorChoice::Auto => (able || self.force_color, self.force_color),
        };
        Style {
            color,
            graphics: (able || asked) && !self.ascii,
            width: self.columns.unwrap_or(DEFAULT_WIDTH),
            hyperlinks: able && color && self.links,
            ..Style::default()
        }
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// `C` or `POSIX` by name; an unset locale says nothing, and terminals show UTF-8.
fn is_ascii_locale() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().map(variable).find(|value| !value.is_empty());
    locale.is_some_and(|value| value == "C" || value == "POSIX")
}

/// Terminals that show OSC 8 links; others might print rubbish.
fn knows_links() -> bool {
    let program = variable("TERM_PROGRAM");
    ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION"].into_iter().any(set)
        || variable("VTE_VERSION").parse::<u32>().is_ok_and(|version| version >= 5000)
        || ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper"].contains(&program.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_terminal() -> Terminal {
        Terminal { is_terminal: true, columns: Some(80), links: true, ..Terminal::default() }
    }

    fn looks(terminal: &Terminal, choice: ColorChoice) -> (bool, bool, bool) {
        let style = terminal.style(choice);
        (style.color, style.graphics, style.hyperlinks)
    }

    #[test]
    fn a_terminal_gets_everything() {
        assert_eq!(looks(&on_terminal(), ColorChoice::Auto), (true, true, true));
        assert_eq!(looks(&on_terminal(), ColorChoice::Never), (false, true, false));
        assert_eq!(looks(&Terminal { no_color: true, ..on_terminal() }, ColorChoice::Auto), (false, true, false));
        assert_eq!(looks(&Terminal { no_color: true, ..on_terminal() }, ColorChoice::Always), (true, true, true));
        assert_eq!(looks(&Terminal { dumb: true, ..on_terminal() }, ColorChoice::Auto), (false, false, false));
        assert_eq!(looks(&Terminal { ascii: true, ..on_terminal() }, ColorChoice::Auto), (true, false, true));
        assert_eq!(on_terminal().style(ColorChoice::Auto).width, 80);
    }

    #[test]
    fn a_pipe_gets_text() {
        let pipe = Terminal { links: true, ..Terminal::default() };
        assert_eq!(looks(&pipe, ColorChoice::Auto), (false, false, false));
        assert_eq!(looks(&pipe, ColorChoice::Always), (true, true, false));
        let forced = Terminal { force_color: true, ..pipe };
        assert_eq!(looks(&forced, ColorChoice::Auto), (true, true, false));
        assert_eq!(looks(&Terminal { no_color: true, ..forced.clone() }, ColorChoice::Auto), (false, false, false));
        assert_eq!(forced.style(ColorChoice::Auto).width, DEFAULT_WIDTH);
    }
}
