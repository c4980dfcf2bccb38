//! `lonewatch run`: the desk between the rooms and the store.

use crate::matrix::{
    Link, LoggedOut, Matrix, MatrixChannel, MatrixConfig, People, RoomNews, RoomPlan, Session,
    TeamPlan,
};
use crate::sight::{Look, Sight};
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use lonewatch_core::clock;
use lonewatch_core::config::{self, Config};
use lonewatch_core::courier::Courier;
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::Store;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tracing::{error, info, warn};

/// How long the start waits for what was said meanwhile, before it goes on with what it has (design, 9).
const CATCH_UP: Duration = Duration::from_secs(60);
/// The desk looks around at least so often.
const LOOK_AROUND: Duration = Duration::from_secs(15);

/// Runs until SIGINT or SIGTERM. A logged-out device logs in again.
pub async fn run(path: &Path) -> Result<()> {
    // Where, and not why: the words of a panic may quote what somebody said.
    std::panic::set_hook(Box::new(|panic| match panic.location() {
        Some(at) => error!(%at, "a bug"),
        None => error!("a bug"),
    }));
    let config = config::load(path)?;
    // What `lonewatch check` refuses is refused here.
    let holes = crate::policies::prove(&config)?;
    if !holes.is_empty() {
        bail!("{}", holes.join("\n"));
    }
    let url = config.store_url.clone().context("there is no [store]")?;
    let mut store = Store::open(&url).await.context("[store] url")?;
    if let Some(path) = crate::address_key::path(config.key_file.as_deref()) {
        let kept = store.any_sealed().await?.is_some();
        if let Some(key) = crate::address_key::load(&path, kept) {
            store = store.with_key(key);
        }
    }
    loop {
        tokio::select! {
            outcome = watch_over(&config, &store) => match outcome {
                Err(error) if error.is::<LoggedOut>() => warn!("logged out; logging in again"),
                other => return other,
            },
            () = told_to_stop() => {
                info!("told to stop");
                store.close().await;
                return Ok(());
            }
        }
    }
}

async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    else {
        // Without the handler SIGTERM ends the process by itself: everything is on disk.
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

/// One login: listens, decides, sends, until something fails.
async fn watch_over(config: &Config, store: &Store) -> Result<()> {
    let account = matrix_config(config)?;
    let bot = BotNames::of(&account.user);
    let book = RoomBook::default();
    let mut desk = Desk::new(store.clone(), book.clone(), config, bot)?;
    let session = Session::open(&account).await?;
    let wake = Arc::new(Notify::new());
    let (matrix, news, link) = Matrix::new(
        session,
        store.clone(),
        book.clone(),
        plan(config),
        wake.clone(),
        Arc::new(clock::now),
    );
    let post = Arc::new(Notify::new());
    let courier = Courier::new(store.clone(), matrix.channel(people(config)));
    tokio::select! {
        ended = matrix.clone().run() => ended.map(|never| match never {}),
        ended = deliver(&matrix, courier, &post, &wake) => ended,
        ended = decide(&mut desk, (store, &book), news, link, &wake, &post) => ended,
    }
}

/// Sends whenever there is something to send, once it is known where to.
async fn deliver(
    matrix: &Matrix,
    courier: Courier<MatrixChannel>,
    post: &Notify,
    wake: &Notify,
) -> Result<()> {
    matrix.ready().await?;
    loop {
        let round = courier.round(clock::now()).await?;
        if round.refused > 0 {
            wake.notify_one(); // a refusal is the desk's business, at once
        }
        let wait = until(round.next).unwrap_or(LOOK_AROUND);
        tokio::select! {
            () = post.notified() => {}
            () = tokio::time::sleep(wait.min(LOOK_AROUND)) => {}
        }
    }
}

/// The desk: wakes for what arrives and for what is due.
async fn decide(
    desk: &mut Desk,
    (store, book): (&Store, &RoomBook),
    mut news: mpsc::UnboundedReceiver<RoomNews>,
    mut link: watch::Receiver<Link>,
    wake: &Notify,
    post: &Notify,
) -> Result<()> {
    // Without the rooms everybody would be a stranger, and what they said thrown away.
    let surveyed = link.wait_for(|link| link.surveyed).await;
    surveyed.map(drop).context("the sync ended")?;
    let caught_up = tokio::time::timeout(
        CATCH_UP,
        link.wait_for(|link| link.caught_up && link.settled),
    )
    .await;
    if caught_up.is_err() {
        warn!("the homeserver has not answered for a minute; going on with what is known");
    }
    drop(caught_up);
    desk.listen(clock::now()).await?;
    println!("watching");
    let mut sight = Sight::default();
    loop {
        let now = clock::now();
        let line = *link.borrow_and_update();
        // Heard first, then said, then raised. While blind only heard: nothing can be said, and what is said meanwhile may
        // change what is due.
        let look = sight.look(line);
        if look != Look::Steady {
            desk.listen(now).await?;
        }
        match look {
            Look::First => desk.say_if_blind(now).await?,
            Look::Again(since) => desk.resume(since, now).await?,
            Look::Steady | Look::Blind => {}
        }
        let more = look != Look::Blind && desk.turn(now).await?;
        post.notify_one();
        if more {
            // Somebody says very much: what is due meanwhile is looked at between two turns, by the clock as it is then.
            while let Ok(item) = news.try_recv() {
                told(item, desk, store, book).await?;
            }
            tokio::task::yield_now().await;
            continue;
        }
        let wait = until(desk.next_due().await?)
            .filter(|_| line.connected)
            .unwrap_or(LOOK_AROUND);
        tokio::select! {
            () = wake.notified() => {}
            changed = link.changed() => changed.context("the sync ended")?,
            () = tokio::time::sleep(wait.min(LOOK_AROUND)) => {}
            Some(item) = news.recv() => told(item, desk, store, book).await?,
        }
    }
}

async fn told(news: RoomNews, desk: &mut Desk, store: &Store, book: &RoomBook) -> Result<()> {
    match news {
        RoomNews::NewDirect { user, room } => {
            desk.introduce(clock::now()).await?;
            // She may have spoken in another chat meanwhile.
            let room = book.room_of_direct(&user).unwrap_or(room);
            store.set_direct(&user, &room).await?;
        }
        RoomNews::TeamReady { team } => {
            println!("ready: the rooms of a team are joined");
            desk.put_up_board(&team, clock::now()).await?;
        }
        RoomNews::CannotPin { team, room } => desk.cannot_pin(&team, &room, clock::now()).await?,
        RoomNews::Problem { .. } => {} // logged where it was found
    }
    Ok(())
}

fn until(moment: Option<DateTime<Utc>>) -> Option<Duration> {
    moment.map(|at| (at - clock::now()).to_std().unwrap_or_default())
}

fn matrix_config(config: &Config) -> Result<MatrixConfig> {
    let matrix = config.matrix.clone().context("there is no [matrix]")?;
    let token = secret("LONEWATCH_TOKEN", matrix.token_file.as_deref())?;
    let password = secret("LONEWATCH_PASSWORD", matrix.password_file.as_deref())?;
    if token.is_none() && password.is_none() {
        bail!(
            "there is no password for {}; write password_file = \"secrets/password\" under [matrix], or set \
             LONEWATCH_PASSWORD",
            matrix.user
        );
    }
    Ok(MatrixConfig {
        homeserver: matrix.homeserver,
        user: matrix.user,
        password,
        token,
        data_dir: matrix.data_dir,
        require_encryption: matrix.require_encryption,
    })
}

/// A secret from the environment, else from its file.
fn secret(variable: &str, file: Option<&Path>) -> Result<Option<String>> {
    if let Ok(value) = std::env::var(variable) {
        return Ok(Some(value));
    }
    let Some(file) = file else { return Ok(None) };
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "{}: cannot be read, and {variable} is not set",
            file.display()
        )
    })?;
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn plan(config: &Config) -> RoomPlan {
    let teams = config.teams.iter().map(|each| TeamPlan {
        name: each.team.name.clone(),
        room: each.team.room.clone(),
        managers_room: each.team.managers_room.clone(),
    });
    let people = config.teams.iter().flat_map(|each| &each.team.people);
    RoomPlan {
        teams: teams.collect(),
        people: people.filter_map(|person| person.matrix.clone()).collect(),
    }
}

fn people(config: &Config) -> People {
    let mut map = People::new();
    for each in &config.teams {
        for person in &each.team.people {
            if let Some(matrix) = &person.matrix {
                map.insert((each.team.name.clone(), person.id.clone()), matrix.clone());
            }
        }
    }
    map
}
