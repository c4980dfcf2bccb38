//! `lonewatch`: a Matrix bot that watches over people who work alone.

mod address_key;
mod backup;
mod health;
mod matrix;
mod policies;
mod rehearse;
mod run;
mod setup;
mod sight;
mod turn;

use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// The SDK logs addresses and ids: it stays silent unless `RUST_LOG` asks for it.
const LOG: &str =
    "info,matrix_sdk=off,matrix_sdk_base=off,matrix_sdk_crypto=off,matrix_sdk_sqlite=off";

/// Watches over people who work alone. It never calls the police itself.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a copy of the database to a new file, also while the bot runs (SQLite; for PostgreSQL use pg_dump).
    Backup {
        /// The configuration file.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// The new file.
        #[arg(long)]
        to: PathBuf,
    },
    /// Go on from a copy of the database, in place of the one that is gone.
    Restore {
        /// The configuration file.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// The copy. For PostgreSQL: load the dump first, and leave this out.
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Run the bot in its Matrix rooms, until it is told to stop.
    Run {
        /// The configuration; bot-config.example.toml shows one.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
    },
    /// Print a policy as a reader's page; or, with a visit, who hears what when if the worker is never heard of again.
    Explain {
        /// A built-in policy, or a policy's file.
        #[arg(long, conflicts_with = "config")]
        policy: Option<String>,
        /// The configuration of the people.
        #[arg(long, requires = "visit")]
        config: Option<PathBuf>,
        /// Whose visit: "amira LCS1234 14:00-15:00".
        #[arg(long, requires = "config", requires = "on")]
        visit: Option<String>,
        /// On which day: 2026-03-02.
        #[arg(long)]
        on: Option<NaiveDate>,
    },
    /// Prove that each ladder reaches somebody at every minute of the coming year.
    ///
    /// Exit code 0: it does; 1: there is a hole; 2: the configuration cannot be read.
    Check {
        /// The configuration.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// With the leave, cover and duty of the running bot's store.
        #[arg(long)]
        store: bool,
    },
    /// Print the escalation record of an alarm, from the store.
    Record {
        /// Its number: A12.
        number: String,
        /// The configuration.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// As a page to print, instead of plain text.
        #[arg(long)]
        html: bool,
    },
    /// Print the fallback sheet for now: who is out, until when, whom to ring in which order.
    ///
    /// It reads the store and changes nothing, also while the bot runs or when it is dead.
    Sheet {
        /// The configuration.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// Only this team's.
        #[arg(long)]
        team: Option<String>,
    },
    /// Say of each sentence whether it is an alarm, possible, or a note; without one, of each line of the standard input.
    Heard {
        /// A built-in policy, or a policy's file.
        #[arg(long, conflicts_with = "config")]
        policy: Option<String>,
        /// A configuration, with the code phrases that its first team adds.
        #[arg(long)]
        config: Option<PathBuf>,
        /// Sentences.
        sentences: Vec<String>,
    },
    /// Play scenario files through the real engine and check what the bot says; without a file, live.
    ///
    /// Exit code 0: all held; 1: something did not; 2: a file cannot be read.
    Rehearse {
        /// Scenario files.
        files: Vec<PathBuf>,
        /// Write each file back with the bot's actual lines.
        #[arg(long)]
        record: bool,
        /// The configuration of a live rehearsal.
        #[arg(long, default_value = "bot-config.toml")]
        config: PathBuf,
        /// When a live rehearsal begins, in the team's time zone: "2026-03-02 13:45". Otherwise now.
        #[arg(long)]
        start: Option<String>,
    },
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&anyhow::Error::from(error), 2),
    };
    match cli.command {
        Command::Run { config } => match runtime.block_on(run::run(&config)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, 1),
        },
        Command::Backup { config, to } => ended(runtime.block_on(backup::backup(&config, &to))),
        Command::Restore { config, from } => {
            ended(runtime.block_on(backup::restore(&config, from.as_deref())))
        }
        Command::Explain {
            policy,
            config,
            visit,
            on,
        } => ended(match (policy, config.zip(visit).zip(on)) {
            (Some(policy), _) => policies::explain(&policy),
            (None, Some(((config, visit), on))) => {
                runtime.block_on(policies::foresee(&config, &visit, on))
            }
            (None, None) => Err(anyhow::anyhow!(
                "write --policy NAME, or --config FILE --visit \"amira LCS1234 14:00-15:00\" --on 2026-03-02"
            )),
        }),
        Command::Check { config, store } => match runtime.block_on(policies::check(&config, store))
        {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::from(1),
            Err(error) => fail(&error, 2),
        },
        Command::Record {
            number,
            config,
            html,
        } => ended(runtime.block_on(policies::record(&number, &config, html))),
        Command::Sheet { config, team } => {
            ended(runtime.block_on(policies::sheet(&config, team.as_deref())))
        }
        Command::Heard {
            policy,
            config,
            sentences,
        } => ended(policies::heard(
            policy.as_deref(),
            config.as_deref(),
            &sentences,
        )),
        Command::Rehearse {
            files,
            record,
            config,
            start,
        } => {
            let outcome = if files.is_empty() {
                runtime.block_on(rehearse::live(&config, start.as_deref()))
            } else {
                runtime.block_on(rehearse::files(&files, record))
            };
            match outcome {
                Ok(true) => ExitCode::SUCCESS,
                Ok(false) => ExitCode::from(1),
                Err(error) => fail(&error, 2),
            }
        }
    }
}

fn ended(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, 2),
    }
}

fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    eprintln!("lonewatch: {error:#}");
    ExitCode::from(code)
}
