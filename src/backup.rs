//! `lonewatch backup` and `restore`: a copy of the database, and going on from it.

use anyhow::{Context, Result, bail};
use lonewatch_core::clock;
use lonewatch_core::config;
use lonewatch_core::store::Store;
use std::path::Path;

/// Writes a copy of the database, also while the bot runs.
pub async fn backup(path: &Path, to: &Path) -> Result<()> {
    let url = store_url(path)?;
    let store = Store::open(&url).await.context("[store] url")?;
    store.back_up(to).await?;
    store.close().await;
    println!(
        "written: {}\nKeep it where only those may read it who may read the rooms. The key of the addresses ([store] key_file) \
         is not in it: keep that apart. The keys of the device ([matrix] data_dir) are never copied; keep its recovery_key.",
        to.display()
    );
    Ok(())
}

/// Puts a copy in the place of the database that is gone, and makes it one that can go on.
pub async fn restore(path: &Path, from: Option<&Path>) -> Result<()> {
    let url = store_url(path)?;
    match (from, url.starts_with("sqlite:")) {
        (Some(copy), true) => Store::put_back(copy, &url)?,
        (None, false) => {}
        (None, true) => bail!("name the copy: lonewatch restore --config FILE --from COPY"),
        (Some(_), false) => bail!(
            "for PostgreSQL load the dump with pg_restore first, then run this without --from (docs/operations.md)"
        ),
    }
    let _alone = Store::hold_alone(&url)?;
    let store = Store::open(&url).await.context("[store] url")?;
    store.go_on_from_a_copy(clock::now()).await?;
    store.close().await;
    println!(
        "ready. At the start Lonewatch hears again what was said since the copy was made, may answer it a second time, and \
         says from when it was blind."
    );
    Ok(())
}

fn store_url(path: &Path) -> Result<String> {
    let config = config::load(path)?;
    config.store_url.context("there is no [store]")
}
