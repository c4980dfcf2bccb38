//! `lonewatch run`: the desk between the rooms and the store.

use crate::health::{Health, Login, Switch, Vitals, Watched};
use crate::matrix::{
    Link, LoggedOut, Matrix, MatrixChannel, RoomNews, Session, SwitchPlan, SwitchState,
};
use crate::setup::{matrix_config, people, plan};
use crate::sight::{Look, Sight};
use crate::turn::{InTurn, Replaced, Turn};
use anyhow::{Context, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use lonewatch_core::clock;
use lonewatch_core::config::{self, Config};
use lonewatch_core::courier::Courier;
use lonewatch_core::desk::{BotNames, Desk, DeskError};
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{Store, StoreError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tracing::{error, info, warn};

/// How long the start waits for what was said meanwhile, before it goes on with what it has (design, 9).
const CATCH_UP: Duration = Duration::from_secs(60);
/// The desk looks around at least so often.
const LOOK_AROUND: Duration = Duration::from_secs(15);
/// How long a database that is away is left in peace.
const DATABASE_AWAY: Duration = Duration::from_secs(1);
/// How long the database may take to let go.
const CLOSING: Duration = Duration::from_secs(5);
/// How long whoever takes over waits to see what the one before has sent.
const LOOK_FIRST: Duration = Duration::from_secs(3);
/// A desk that has not come round for longer than this has hung, or the whole machine has.
const HUNG: TimeDelta = TimeDelta::seconds(90);

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
    let _alone = Store::hold_alone(&url).context("[store] url")?;
    let mut store = Store::open(&url).await.context("[store] url")?;
    if let Some(path) = crate::address_key::path(config.key_file.as_deref()) {
        let kept = store.any_sealed().await?.is_some();
        if let Some(key) = crate::address_key::load(&path, kept) {
            store = store.with_key(key);
        }
    }
    let health = Health::start(&config.health, &store).await?;
    let turn = Turn::new(own_connection(&store, &url).await?, &instance());
    let mut stop = std::pin::pin!(told_to_stop());
    loop {
        tokio::select! {
            outcome = watch_over(&config, &store, health.vitals(), &turn) => match outcome {
                Err(error) if error.is::<LoggedOut>() => {
                    health.vitals().login(Login::Out);
                    warn!("logged out; logging in again");
                    // Under a new device a message of which nobody knows that it was sent would be sent again.
                    store.settled().await?;
                }
                Err(error) if is_replaced(&error) => warn!("another instance acts now; standing by"),
                Err(error) if store.is_shared() && is_away(&error) => {
                    warn!("the database is away, or another instance was first; beginning anew");
                    tokio::time::sleep(DATABASE_AWAY).await;
                }
                Err(error) => {
                    health.stopping(&format!("{error:#}"));
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            },
            () = &mut stop => {
                info!("told to stop");
                health.stopping("told to stop");
                turn.release().await;
                // A connection that was cut off answers nothing any more; everything is on disk.
                let _ = tokio::time::timeout(CLOSING, store.close()).await;
                return Ok(());
            }
        }
    }
}

/// The turn has connections of its own where there are several instances: it must not wait for the desk's.
async fn own_connection(store: &Store, url: &str) -> Result<Store> {
    Ok(match store.is_shared() {
        true => Store::open(url).await.context("[store] url")?,
        false => store.clone(),
    })
}

/// A name that no other start has.
fn instance() -> String {
    use std::hash::{BuildHasher, Hasher};
    // A keyed hash of nothing: the key comes from the operating system's randomness.
    let random = std::hash::RandomState::new().build_hasher().finish();
    format!("{random:016x}-{}", std::process::id())
}

fn of_the_store(error: &anyhow::Error) -> Option<&StoreError> {
    match error.downcast_ref::<DeskError>() {
        Some(DeskError::Store(error)) => Some(error),
        _ => error.downcast_ref::<StoreError>(),
    }
}

fn is_replaced(error: &anyhow::Error) -> bool {
    error.is::<Replaced>() || matches!(of_the_store(error), Some(StoreError::NotActing))
}

/// Something that begins anew mends: the database is away, or another instance was there first.
fn is_away(error: &anyhow::Error) -> bool {
    of_the_store(error)
        .is_some_and(|error| error.is_away() || matches!(error, StoreError::Stale { .. }))
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

/// One login: listens, and in its turn decides and sends, until something fails.
async fn watch_over(
    config: &Config,
    store: &Store,
    vitals: &Arc<Vitals>,
    turn: &Turn,
) -> Result<()> {
    let account = matrix_config(config)?;
    let session = Session::open(&account).await?;
    vitals.login(Login::In);
    let wake = Arc::new(Notify::new());
    let book = RoomBook::default();
    let (matrix, news, link) = Matrix::new(
        session,
        store.clone(),
        book.clone(),
        plan(config),
        wake.clone(),
        Arc::new(clock::now),
        turn.clone(),
    );
    vitals.line(link.clone());
    turn.begin_anew();
    tokio::select! {
        ended = matrix.clone().run() => ended.map(|never| match never {}),
        ended = turn.keep(link.clone()) => ended.map(|never| match never {}),
        ended = act(config, store, vitals, turn, &matrix, (&book, news, link), &wake) => ended,
    }
}

/// What only the instance does whose turn it is: decide, send, and have the homeserver speak for it.
async fn act(
    config: &Config,
    store: &Store,
    vitals: &Arc<Vitals>,
    turn: &Turn,
    matrix: &Arc<Matrix>,
    (book, news, link): (
        &RoomBook,
        mpsc::UnboundedReceiver<RoomNews>,
        watch::Receiver<Link>,
    ),
    wake: &Notify,
) -> Result<()> {
    let store = &stand_by(store, vitals, turn).await?;
    let bot = BotNames::of(&matrix_config(config)?.user);
    let mut desk = Desk::new(store.clone(), book.clone(), config, bot)?;
    let post = Notify::new();
    let channel = InTurn::new(matrix.channel(people(config)), turn.clone());
    let courier = Courier::new(store.clone(), Watched::new(channel, vitals.clone()));
    if store.is_shared() {
        look_first(link.clone()).await?;
        matrix.take_over().await?;
    }
    tokio::select! {
        ended = keep_switch(matrix, config, vitals, turn) => ended,
        ended = deliver(matrix, courier, vitals, &post, wake) => ended,
        ended = decide(&mut desk, (store, book), vitals, news, link, wake, &post) => ended,
    }
}

/// Until it is this instance's turn nothing hangs: it stands by.
async fn stand_by(store: &Store, vitals: &Vitals, turn: &Turn) -> Result<Store> {
    let mut begins = std::pin::pin!(turn.begins(store));
    loop {
        tokio::select! {
            store = &mut begins => return store,
            () = tokio::time::sleep(LOOK_AROUND) => {
                vitals.desk_turned();
                vitals.courier_turned();
                vitals.watching();
            }
        }
    }
}

/// What the instance before has sent comes back with the sync, with the mark of its row: it is seen before anything is sent
/// again. While the homeserver is away it is waited for: nothing could be sent. Where it is there and does not answer, twice is
/// better than never.
async fn look_first(mut link: watch::Receiver<Link>) -> Result<()> {
    let began = std::time::Instant::now();
    loop {
        let seen = link.wait_for(|link| link.asked_at.is_some_and(|asked| asked >= began));
        if let Ok(seen) = tokio::time::timeout(LOOK_FIRST, seen).await {
            return seen.map(drop).context("the sync ended");
        }
        if link.borrow().connected {
            warn!("what the instance before has sent cannot be seen; a message may come twice");
            return Ok(());
        }
    }
}

/// Has the homeserver speak if the bot does not.
async fn keep_switch(
    matrix: &Arc<Matrix>,
    config: &Config,
    vitals: &Arc<Vitals>,
    turn: &Turn,
) -> Result<()> {
    let (asked, told, turn) = (vitals.clone(), vitals.clone(), turn.clone());
    let plan = SwitchPlan {
        after: config.health.dead_mans_switch,
        turning: Arc::new(move || turn.speaks().is_some() && asked.turning()),
        tell: Arc::new(move |state| {
            told.switch(match state {
                SwitchState::Off => Switch::Off,
                SwitchState::Armed => Switch::Armed,
                SwitchState::NotArmed => Switch::NotArmed,
                SwitchState::Unsupported => Switch::Unsupported,
            });
        }),
    };
    let kept = matrix.clone().keep_switch(plan).await;
    kept.map(|never| match never {})
}

/// Sends whenever there is something to send, once it is known where to.
async fn deliver(
    matrix: &Matrix,
    courier: Courier<Watched<InTurn<MatrixChannel>>>,
    vitals: &Vitals,
    post: &Notify,
    wake: &Notify,
) -> Result<()> {
    let mut ready = std::pin::pin!(matrix.ready());
    loop {
        // To wait for the homeserver is not to hang.
        vitals.courier_turned();
        tokio::select! {
            ready = &mut ready => break ready?,
            () = tokio::time::sleep(LOOK_AROUND) => {}
        }
    }
    loop {
        vitals.courier_turned();
        let round = courier.round_by(clock::now).await?;
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
    vitals: &Vitals,
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
    vitals.desk_turned();
    vitals.watching();
    let mut sight = Sight::default();
    let mut turned_at = clock::now();
    loop {
        let now = clock::now();
        let before = std::mem::replace(&mut turned_at, now);
        vitals.desk_turned();
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
            // The line was there all the time, and nobody looked.
            Look::Steady if now - before > HUNG => desk.resume(before, now).await?,
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
        RoomNews::ManagersRoom { team } => {
            desk.look_at_managers_room(&team, clock::now()).await?;
        }
        RoomNews::SpokenFor { team } => desk.answers_again(&team, clock::now()).await?,
        RoomNews::Problem { .. } => {} // logged where it was found
    }
    Ok(())
}

fn until(moment: Option<DateTime<Utc>>) -> Option<Duration> {
    moment.map(|at| (at - clock::now()).to_std().unwrap_or_default())
}
