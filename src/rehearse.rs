//! `lonewatch rehearse`: scenario files, or live at the keyboard.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use lonewatch_core::clock;
use lonewatch_core::config::load_for_rehearsal;
use lonewatch_core::rehearsal::script::parse_live;
use lonewatch_core::rehearsal::{Nerves, PlayError, Rehearsal, play_file};
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Prints a line. A reader who has gone away (`| head`) changes nothing about the outcome.
macro_rules! say {
    ($($arg:tt)*) => {
        let _ = writeln!(std::io::stdout(), $($arg)*);
    };
}
pub(crate) use say;

/// Plays files. True if all that they expect held.
pub async fn files(files: &[PathBuf], record: bool) -> Result<bool> {
    let mut all = true;
    for path in files {
        say!("{}", path.display());
        let played = play_file(path, &mut |line| {
            say!("{line}");
        })
        .await?;
        if record {
            let original = lonewatch_core::config::read_file(path)
                .with_context(|| path.display().to_string())?;
            // What the bot said holds numbers: for its owner only, and as a whole or not at all.
            crate::address_key::write(path, &played.record(&original))
                .with_context(|| path.display().to_string())?;
            say!("recorded: {}\n", path.display());
            continue;
        }
        if played.holds() {
            say!("held: {}\n", path.display());
        } else {
            all = false;
            say!("{}\nDID NOT HOLD: {}\n", played.explain(), path.display());
        }
    }
    Ok(all)
}

/// The same live: type people's lines, `+30m` lets time pass.
pub async fn live(config: &Path, start: Option<&str>) -> Result<bool> {
    let config = load_for_rehearsal(config)?;
    let Some(first) = config.teams.first() else {
        bail!("there is no [[team]]")
    };
    let tz = first.team.tz;
    let begin = match start {
        Some(text) => read_start(text, tz)?,
        None => clock::now(),
    };
    let mut rehearsal = Rehearsal::new(&config, 0, begin, Nerves::Steady).await?;
    let people: Vec<String> = rehearsal
        .team()
        .people
        .iter()
        .map(|p| p.id.0.clone())
        .collect();
    let terminal = std::io::stdin().is_terminal();
    say!(
        "A rehearsal with {}. It is {}. Type lines such as\n  amira > team: /visit LCS1234 14:00-15:00\n  \
         amira > bot: left\n  dan reacts 👍\n  +30m\nand Ctrl-D to end.",
        people.join(", "),
        local(rehearsal.now(), tz)
    );
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line?;
        let known = |id: &str| people.iter().any(|person| person == id);
        match parse_live(&line, rehearsal.now(), tz, &known, number) {
            Ok(None) => {}
            Ok(Some(parsed)) => {
                let played = rehearsal
                    .play(&parsed, "line", &mut |text| {
                        say!("{text}");
                    })
                    .await;
                match played {
                    Ok(_) => {}
                    Err(PlayError::File(error)) => {
                        say!("{error}");
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => {
                say!("{error}");
            }
        }
        if terminal {
            print!("{} ", local(rehearsal.now(), tz));
            std::io::stdout().flush()?;
        }
    }
    rehearsal.finish().await;
    Ok(true)
}

fn local(at: DateTime<Utc>, tz: Tz) -> String {
    at.with_timezone(&tz)
        .format("%a %-d %b %H:%M %Z")
        .to_string()
}

fn read_start(text: &str, tz: Tz) -> Result<DateTime<Utc>> {
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .with_context(|| format!("\"{text}\" is not a time; write --start \"2026-03-02 13:45\""))?;
    let local = tz.from_local_datetime(&naive).earliest();
    let local = local.with_context(|| format!("the clocks skip {text} in {tz}"))?;
    Ok(local.with_timezone(&Utc))
}
