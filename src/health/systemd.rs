//! Tells systemd how the bot is: a few words in a datagram (`sd_notify(3)`). Without `NOTIFY_SOCKET` nothing is told.

use super::vitals::Vitals;
use lonewatch_core::clock;
use std::env;
use std::ffi::OsStr;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::warn;

/// How often is looked whether something is to be told.
const LOOK: Duration = Duration::from_secs(1);

/// The way to systemd.
pub struct Notifier {
    socket: UnixDatagram,
    to: SocketAddr,
    /// How often the watchdog wants a sign at least; `None`: there is no watchdog.
    watchdog: Option<Duration>,
}

impl Notifier {
    /// From what systemd puts into the environment. What is wrong there is a warning: the bot is needed all the same.
    pub fn from_environment() -> Option<Self> {
        let name = env::var_os("NOTIFY_SOCKET")?;
        let watchdog = watchdog(
            env::var("WATCHDOG_USEC").ok().as_deref(),
            env::var("WATCHDOG_PID").ok().as_deref(),
        );
        let made = Self::new(&name, watchdog);
        made.inspect_err(|error| warn!(%error, "systemd cannot be told"))
            .ok()
    }

    /// A way to the socket of this name; one that begins with `@` is in the abstract namespace.
    fn new(name: &OsStr, watchdog: Option<Duration>) -> std::io::Result<Self> {
        let to = match name.as_bytes() {
            [b'@', rest @ ..] => SocketAddr::from_abstract_name(rest)?,
            _ => SocketAddr::from_pathname(name)?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket,
            to,
            watchdog,
        })
    }

    /// The bot is about to end, because it was told to or for this reason.
    pub fn stopping(&self, why: &str) {
        self.tell(&format!("STOPPING=1\nSTATUS={}", line(why)));
    }

    /// True where it was taken. Nobody there to hear it is no reason to stop watching people.
    fn tell(&self, words: &str) -> bool {
        let sent = self.socket.send_to_addr(words.as_bytes(), &self.to);
        sent.is_ok()
    }
}

/// How often the watchdog wants a sign, if it is for this process.
fn watchdog(usec: Option<&str>, pid: Option<&str>) -> Option<Duration> {
    let meant = pid.is_none_or(|pid| pid == std::process::id().to_string());
    let usec = usec?.parse().ok().filter(|usec| *usec > 0 && meant)?;
    Some(Duration::from_micros(usec))
}

fn line(words: &str) -> String {
    words.replace(['\n', '\r'], " ")
}

/// Tells for ever: that the bot watches, what is wrong, and, while the desk and the courier come round, that it lives.
pub async fn keep(notifier: Arc<Notifier>, vitals: Arc<Vitals>) {
    let mut told = Told::default();
    let look = notifier.watchdog.map_or(LOOK, |every| LOOK.min(every / 4));
    loop {
        let before = told.clone();
        if let Some(words) = told.next(&vitals, notifier.watchdog, Instant::now())
            && !notifier.tell(&words)
        {
            told = before; // said again at the next look
        }
        tokio::time::sleep(look).await;
    }
}

/// What systemd has been told.
#[derive(Clone, Default)]
struct Told {
    ready: bool,
    status: String,
    alive_at: Option<Instant>,
}

impl Told {
    /// What is to be told now, if anything.
    fn next(&mut self, vitals: &Vitals, watchdog: Option<Duration>, at: Instant) -> Option<String> {
        let values = vitals.values(clock::now());
        let mut words = Vec::new();
        if values.watching && !self.ready {
            self.ready = true;
            words.push("READY=1".to_owned());
        }
        let wrong = values.wrong();
        let status = match wrong.is_empty() {
            true => "watching".to_owned(),
            false => line(&wrong.join("; ")),
        };
        // The seconds in it go on; what is wrong is what matters.
        let gist = |status: &str| status.replace(|c: char| c.is_ascii_digit(), "");
        if gist(&status) != gist(&self.status) {
            words.push(format!("STATUS={status}"));
            self.status = status;
        }
        // At half the time; looked at four times as often, so never later than at three quarters.
        let due = |every: Duration| self.alive_at.is_none_or(|last| at - last >= every / 2);
        if values.turning() && watchdog.is_some_and(due) {
            self.alive_at = Some(at);
            words.push("WATCHDOG=1".to_owned());
        }
        (!words.is_empty()).then(|| words.join("\n"))
    }
}

#[cfg(test)]
#[path = "systemd_tests.rs"]
mod tests;
