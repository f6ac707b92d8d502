//! What a person calls a unit whose name a desktop, snapd, a terminal or systemd made up: `app-gnome-org.mozilla.firefox-4242.scope` is
//! the application `org.mozilla.firefox`.

use super::segment::{is_uuid, unescape};

/// A unit that somebody started by hand, and that has a random name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Application {
    /// An application of a desktop, by its id.
    Desktop(String),
    /// A program of a snap: the snap's name, with the program's where that differs.
    Snap(String),
    /// A login session, by its number.
    Session(String),
    /// A shell in a window or tab of a terminal.
    Terminal,
    /// A shell in a window of tmux.
    Tmux,
    /// Something that `systemd-run` started.
    Transient,
}

/// Reads the name of a unit; `None` for those that have names of their own.
pub fn application(unit: &str) -> Option<Application> {
    let (stem, kind) = unit.rsplit_once('.').filter(|(_, kind)| matches!(*kind, "service" | "scope"))?;
    snap(stem)
        .or_else(|| desktop(stem, kind == "scope"))
        .or_else(|| spawned(stem))
        .or_else(|| session(stem).filter(|_| kind == "scope"))
        .or_else(|| is_transient(stem).then_some(Application::Transient))
}

/// systemd's page "Desktop Environments": `app[-<launcher>]-<ApplicationID>-<RANDOM>.scope`,
/// `app[-<launcher>]-<ApplicationID>[@<RANDOM>].service`; a dash within a part is escaped. Flatpak before 1.11 wrote
/// `flatpak-<ApplicationID>-<pid>.scope`, D-Bus' broker writes `dbus-<bus name>-<id>@<n>.service`.
fn desktop(stem: &str, scope: bool) -> Option<Application> {
    let named = match scope {
        true => stem.rsplit_once('-')?.0,
        false => stem.split_once('@').map_or(stem, |(named, _)| named),
    };
    let mut parts = named.split('-');
    let id = match (parts.next()?, parts.next()?, parts.next()) {
        ("app" | "dbus", _, Some(id)) => id,
        ("app", id, None) => id,
        ("flatpak", id, None) if scope => id,
        _ => return None,
    };
    let id = unescape(id);
    (parts.next().is_none() && !id.is_empty()).then_some(Application::Desktop(id))
}

/// `snap.<snap>.<app>-<uuid>.scope`, before snapd 2.61 with a dot before the uuid; `snap.<snap>.<service>.service`
/// (`cgroup.SecurityTag*`, snapd). Hooks are `snap.<snap>.hook.<name>`.
fn snap(stem: &str) -> Option<Application> {
    let rest = stem.strip_prefix("snap.")?;
    let has_uuid = |at: &usize| rest.get(at + 1..).is_some_and(|uuid| is_uuid(uuid, '-'));
    let named = rest.len().checked_sub(37).filter(has_uuid).and_then(|at| rest.get(..at)).unwrap_or(rest);
    let (snap, app) = named.split_once('.')?;
    // `<snap>_<key>`: one of several copies of the snap.
    let own = snap.split('_').next().unwrap_or(snap);
    let name = if own == app { snap } else { named };
    (!snap.is_empty() && !app.is_empty()).then(|| Application::Snap(unescape(name)))
}

/// VTE (GNOME's terminals), Ptyxis and tmux give each window a scope: `vte-spawn-<uuid>`, `ptyxis-spawn-<uuid>`, `tmux-spawn-<uuid>`.
fn spawned(stem: &str) -> Option<Application> {
    let (program, uuid) = stem.split_once("-spawn-")?;
    match program {
        _ if !is_uuid(uuid, '-') => None,
        "vte" | "ptyxis" => Some(Application::Terminal),
        "tmux" => Some(Application::Tmux),
        _ => None,
    }
}

/// logind's `session-<number>.scope`; greeters have `session-c<number>.scope`.
fn session(stem: &str) -> Option<Application> {
    let number = stem.strip_prefix("session-")?;
    let digits = number.strip_prefix('c').unwrap_or(number);
    is_number(digits).then(|| Application::Session(number.to_owned()))
}

/// systemd-run's `run-u<n>`, `run-r<32 digits>` and, since v257, `run-p<pid>-i<n>` (`make_unit_name`, src/run/run.c).
fn is_transient(stem: &str) -> bool {
    let Some(rest) = stem.strip_prefix("run-") else { return false };
    let pair = || {
        let (pid, number) = rest.strip_prefix('p')?.split_once("-i")?;
        Some(is_number(pid) && is_number(number))
    };
    let random = |hex: &str| hex.len() == 32 && super::segment::is_hex(hex);
    rest.strip_prefix('u').is_some_and(is_number) || rest.strip_prefix('r').is_some_and(random) || pair() == Some(true)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "5d0c7c1e-9a55-4c0b-8c39-0a6f1e2d3c4b";

    #[test]
    fn desktops_name_applications_by_their_ids() {
        let id = |unit: &str| match application(unit) {
            Some(Application::Desktop(id)) => Some(id),
            _ => None,
        };
        for (unit, wanted) in [
            ("app-gnome-firefox-4242.scope", "firefox"),
            ("app-gnome-google\\x2dchrome-3912.scope", "google-chrome"),
            ("app-flatpak-org.mozilla.firefox-1234.scope", "org.mozilla.firefox"),
            ("app-org.gnome.Evince-12345.scope", "org.gnome.Evince"),
            ("app-KDE-org.kde.okular@12345.service", "org.kde.okular"),
            ("app-org.kde.amarok.service", "org.kde.amarok"),
            ("app-slack@autostart.service", "slack"),
            ("flatpak-org.telegram.desktop-77.scope", "org.telegram.desktop"),
            ("dbus-:1.2-org.gnome.Nautilus@0.service", "org.gnome.Nautilus"),
        ] {
            assert_eq!(id(unit).as_deref(), Some(wanted), "{unit}");
        }
        for unit in
            ["app-a-b-c-1.scope", "app-7.scope", "app.service", "app-.service", "apport-x.service", "app-gnome.slice"]
        {
            assert_eq!(id(unit), None, "{unit}");
        }
    }

    #[test]
    fn snaps_sessions_windows_and_commands() {
        let snap = |name: &str| Some(Application::Snap(name.to_owned()));
        assert_eq!(application(&format!("snap.firefox.firefox-{UUID}.scope")), snap("firefox"));
        assert_eq!(application(&format!("snap.firefox.firefox.{UUID}.scope")), snap("firefox"));
        assert_eq!(application("snap.lxd.daemon.service"), snap("lxd.daemon"));
        assert_eq!(application("snap.chat_work.chat.service"), snap("chat_work"));
        assert_eq!(application("session-c2.scope"), Some(Application::Session("c2".into())));
        assert_eq!(application(&format!("vte-spawn-{UUID}.scope")), Some(Application::Terminal));
        assert_eq!(application(&format!("tmux-spawn-{UUID}.scope")), Some(Application::Tmux));
        for run in ["run-u17.service", "run-r0123456789abcdef0123456789abcdef.scope", "run-p812-i813.scope"] {
            assert_eq!(application(run), Some(Application::Transient), "{run}");
        }
        for own in [
            "nginx.service",
            "session-x.scope",
            "runner-u1.service",
            "run-user.service",
            "user@1000.service",
            "snap.service",
        ] {
            assert_eq!(application(own), None, "{own}");
        }
    }
}
