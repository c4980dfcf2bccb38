//! The heartbeat to an outside watchdog (healthchecks.io and the like): asked for as long as all is well. When it stays
//! away, the watchdog tells somebody.
//!
//! Whoever knows the address can pretend that all is well, so it stands in no log.

use super::vitals::Vitals;
use anyhow::{Context, Result, anyhow, bail};
use lonewatch_core::clock;
use lonewatch_core::config::{HealthConfig, SecretUrl};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// The variable that may hold the address.
const VARIABLE: &str = "LONEWATCH_HEARTBEAT";
/// How long one may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often is looked while not all is well.
const LOOK: Duration = Duration::from_secs(1);

/// The address from the environment, from its file, or from the configuration; `None`: there is none.
///
/// # Errors
/// Where the file cannot be read.
pub fn address(config: &HealthConfig) -> Result<Option<SecretUrl>> {
    let file = config.heartbeat_file.as_deref();
    let kept = crate::run::secret(VARIABLE, file).context("[health] heartbeat_file")?;
    let kept = kept.filter(|text| !text.trim().is_empty());
    let kept = kept.map(|text| SecretUrl(text.trim().to_owned()));
    Ok(kept.or_else(|| config.heartbeat.clone()))
}

/// What is asked for, and how often.
pub struct Heartbeat {
    client: Client,
    url: Url,
    every: Duration,
}

impl Heartbeat {
    /// A heartbeat to this address.
    ///
    /// # Errors
    /// Where it is no address of the web; the words do not repeat it.
    pub fn new(url: SecretUrl, every: Duration) -> Result<Self> {
        let url = Url::parse(&url.0)
            .map_err(|_| anyhow!("[health] heartbeat: this is not a web address (https://…)"))?;
        if !matches!(url.scheme(), "http" | "https") {
            bail!("[health] heartbeat: this is not a web address (https://…)");
        }
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(Policy::limited(3))
            .build()
            .map_err(|_| anyhow!("[health] heartbeat: no web client can be made"))?;
        Ok(Self { client, url, every })
    }

    /// Beats for ever, while all is well.
    pub async fn beat(self, vitals: Arc<Vitals>) {
        let mut fails = false;
        loop {
            if !vitals.values(clock::now()).wrong().is_empty() {
                tokio::time::sleep(LOOK.min(self.every)).await;
                continue;
            }
            let outcome = self.once().await;
            match &outcome {
                Ok(()) if fails => info!("the heartbeat arrives again"),
                Ok(()) => {}
                Err(why) => warn!("the heartbeat does not arrive: {why}"),
            }
            fails = outcome.is_err();
            tokio::time::sleep(self.every).await;
        }
    }

    /// One beat; what went wrong in words that do not hold the address.
    async fn once(&self) -> std::result::Result<(), String> {
        match self.client.get(self.url.clone()).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("it was answered with {}", answer.status().as_u16())),
            Err(error) if error.is_timeout() => Err("nobody answered in time".to_owned()),
            Err(error) if error.is_connect() => Err("there is no connection".to_owned()),
            Err(_) => Err("the request failed".to_owned()),
        }
    }
}
