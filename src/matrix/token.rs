//! Access tokens that were put in by hand, which is what some homeservers give to bots.

use super::pause::Pause;
use super::session::{MatrixConfig, Saved};
use anyhow::{Context, Result, bail};
use matrix_sdk::Client;
use matrix_sdk::ruma::UserId;
use serde::Deserialize;

/// Takes over an access token that was put in by hand: asks the homeserver which device it belongs to.
pub(super) async fn with_token(
    config: &MatrixConfig,
    saved: Option<Saved>,
    user: &UserId,
    token: &str,
) -> Result<Option<Saved>> {
    if saved
        .as_ref()
        .is_some_and(|saved| saved.token.as_deref() == Some(token))
    {
        return Ok(saved);
    }
    let device = device_of(config, user, token).await?;
    let mut next = Saved::new(user.to_owned(), &device, Some(token.to_owned()));
    if let Some(saved) = saved {
        next.before = match saved.device == device {
            true => saved.before,
            false => Some(saved.account()),
        };
    }
    Ok(Some(next))
}

/// <https://spec.matrix.org/v1.12/client-server-api/#get_matrixclientv3accountwhoami>
async fn device_of(config: &MatrixConfig, user: &UserId, token: &str) -> Result<String> {
    #[derive(Deserialize)]
    struct Whoami {
        user_id: String,
        device_id: Option<String>,
    }
    // A bare client without a store: a session of the SDK would make keys before the device is known.
    let bare = Client::builder()
        .homeserver_url(&config.homeserver)
        .build()
        .await?;
    let url = bare.homeserver().join("_matrix/client/v3/account/whoami")?;
    let mut pause = Pause::default();
    loop {
        let answer = bare
            .http_client()
            .get(url.clone())
            .bearer_auth(token)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) if answer.status().is_success() => answer.bytes().await,
            Ok(answer) if matches!(answer.status().as_u16(), 401 | 403) => {
                bail!(
                    "the homeserver refuses the access token. Nobody is watched over until you put a new one into [matrix] \
                     token_file or LONEWATCH_TOKEN and start again"
                )
            }
            Ok(answer) => answer.error_for_status().map(|_| Default::default()),
            Err(error) => Err(error),
        };
        let Ok(body) = answer else {
            pause.wait("the homeserver cannot be reached", None).await;
            continue;
        };
        let whoami: Whoami = serde_json::from_slice(&body).context(
            "[matrix] homeserver: this address does not answer like a Matrix homeserver",
        )?;
        if whoami.user_id != user.as_str() {
            bail!(
                "the access token belongs to {}, not to {user}",
                whoami.user_id
            );
        }
        return whoami
            .device_id
            .context("the access token belongs to no device, so there is no encryption");
    }
}
