//! The values as Prometheus reads them.
//!
//! No label holds a name, and no number tells a secret call for help from other things: a dashboard may hang where the
//! worker's colleagues see it. <https://prometheus.io/docs/instrumenting/exposition_formats/>

use super::judge::Values;
use super::vitals::{Login, Switch};
use std::fmt::Write;
use std::time::Duration;

/// The media type of the text format.
pub const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics.
pub fn text(values: &Values) -> String {
    let mut out = Out(String::new());
    out.flag("up", "The program runs.", true);
    out.flag(
        "ready",
        "All is well, as /readyz judges it.",
        values.wrong().is_empty(),
    );
    out.flag("watching", "The start is over.", values.watching);
    let logged_in = values.login == Login::In;
    out.flag("logged_in", "The bot is logged in.", logged_in);
    let help = "The account of the bot has signed its device.";
    out.flag("device_signed", help, values.device_signed);
    out.flag("blind", "The rooms cannot be seen.", values.blind);
    let help = "The homeserver would speak in the managers' rooms if the bot stopped.";
    out.flag("dead_mans_switch", help, values.switch == Switch::Armed);

    let help = "Since the last sync that worked.";
    out.age("last_sync_age_seconds", help, values.last_sync_age);
    let help = "Since the desk kept something in the database.";
    out.age("last_commit_age_seconds", help, values.last_commit_age);
    let help = "Since the desk came round.";
    out.age("desk_turn_age_seconds", help, values.desk_age);
    let help = "Since the courier came round.";
    out.age("courier_turn_age_seconds", help, values.courier_age);
    let help = "How long the oldest page has waited to be sent; 0: none waits.";
    let oldest = values.oldest_unsent_alarm.unwrap_or_default();
    out.age("oldest_unsent_alarm_seconds", help, Some(oldest));
    let help = "How long the next deadline has been due; 0: it is still to come.";
    let late = Some(values.deadline_lateness);
    out.age("next_deadline_lateness_seconds", help, late);

    let help = "Messages of people that are not dealt with yet.";
    out.gauge("inbox_pending", help, values.inbox_pending);
    let help = "Messages that are still to be sent.";
    out.head("outbox_unsent", help, "gauge");
    let unsent = values.unsent;
    for (priority, many) in [
        ("highest", unsent.duress),
        ("page", unsent.page),
        ("answer", unsent.answer),
        ("quiet", unsent.quiet),
    ] {
        out.line(&format!("outbox_unsent{{priority=\"{priority}\"}}"), many);
    }
    out.gauge(
        "open_shifts",
        "Shifts that are watched.",
        values.open_shifts,
    );
    let help = "Alarms that nobody has closed.";
    out.gauge("open_alarms", help, values.open_alarms);

    let help = "Messages sent since the start.";
    out.counter("messages_sent_total", help, values.sent);
    let help = "Messages that could not be delivered, since the start.";
    out.counter("refused_total", help, values.refused);
    let help = "How often the homeserver has logged the bot out, since the start.";
    out.counter("logouts_total", help, values.logouts);
    out.0
}

struct Out(String);

impl Out {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP lonewatch_{name} {help}");
        let _ = writeln!(self.0, "# TYPE lonewatch_{name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "lonewatch_{name} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "gauge");
        self.line(name, value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "counter");
        self.line(name, value);
    }

    fn flag(&mut self, name: &str, help: &str, value: bool) {
        self.gauge(name, help, value.into());
    }

    /// What has not been yet has no age, and no line.
    fn age(&mut self, name: &str, help: &str, age: Option<Duration>) {
        if let Some(age) = age {
            self.head(name, help, "gauge");
            self.line(name, format_args!("{:.3}", age.as_secs_f64()));
        }
    }
}
