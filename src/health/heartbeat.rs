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
    let kept = crate::setup::secret(VARIABLE, file).context("[health] heartbeat_file")?;
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
            // Whoever follows one may log both addresses.
            .redirect(Policy::none())
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    fn to(url: String) -> Result<Heartbeat> {
        Heartbeat::new(SecretUrl(url), Duration::from_secs(60))
    }

    /// Asks once, of somebody who answers with this; what went wrong.
    async fn answered(with: &'static str) -> std::result::Result<(), String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answers = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("somebody");
            let mut head = [0; 4096];
            let length = stream.read(&mut head).await.expect("a request");
            stream.write_all(with.as_bytes()).await.expect("taken");
            String::from_utf8_lossy(&head[..length]).into_owned()
        });
        let heartbeat = to(format!("http://127.0.0.1:{port}/ping/s3cret")).expect("an address");
        let outcome = heartbeat.once().await;
        let asked = answers.await.expect("asked");
        assert!(
            asked.starts_with("GET /ping/s3cret HTTP/1.1\r\n"),
            "{asked}"
        );
        outcome
    }

    #[tokio::test]
    async fn it_is_a_get_and_no_failure_repeats_the_address() {
        let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK";
        assert_eq!(answered(ok).await, Ok(()));
        let gone = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
        let why = answered(gone).await.expect_err("refused");
        assert_eq!(why, "it was answered with 404");
        let why = answered("nonsense\r\n\r\n").await.expect_err("no HTTP");
        assert!(!why.contains("s3cret"), "{why}");
        // Nobody listens: the port was free a moment ago.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let heartbeat = to(format!("http://127.0.0.1:{port}/s3cret")).expect("an address");
        let why = heartbeat.once().await.expect_err("nobody");
        assert_eq!(why, "there is no connection");
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        for wrong in ["s3cret", "ftp://example.org/s3cret", "http://", ""] {
            let error = to(wrong.to_owned()).err().expect(wrong).to_string();
            assert!(
                error.contains("not a web address") && !error.contains("s3cret"),
                "{error}"
            );
        }
    }
}
