//! Uploads a file of ours, encrypted where the room is.

use super::failure;
use super::send::{TIMEOUT, brief, is_encrypted, later};
use lonewatch_core::courier::SendError;
use lonewatch_core::domain::outgoing::Attachment;
use matrix_sdk::config::RequestConfig;
use matrix_sdk::ruma::api::client::media::create_content;
use matrix_sdk::{Client, Room};
use serde_json::{Value, json};
use tracing::warn;

/// Uploads a file for a room, and answers where it is, as the field of the message that says so. Tried again, it is uploaded
/// again: it is the message that must not come twice.
pub(super) async fn upload(
    client: &Client,
    room: &Room,
    file: &Attachment,
) -> Result<(&'static str, Value), SendError> {
    let encrypted = is_encrypted(room).await?;
    let uploaded = async {
        match encrypted {
            true => upload_encrypted(client, file).await,
            false => upload_plain(client, file).await,
        }
    };
    // Whoever is paged next waits behind this.
    match tokio::time::timeout(TIMEOUT, uploaded).await {
        Ok(Ok(source)) => Ok(source),
        Ok(Err(error)) => {
            warn!(error = %brief(&error), "a file was not uploaded");
            Err(failure::of(&error).into_send_error())
        }
        Err(_) => Err(later("a file cannot be uploaded in time")),
    }
}

async fn upload_encrypted(
    client: &Client,
    file: &Attachment,
) -> matrix_sdk::Result<(&'static str, Value)> {
    let mut body = file.body.as_bytes();
    let config = RequestConfig::new().disable_retry();
    let uploaded = client
        .upload_encrypted_file(&mut body)
        .with_request_config(config)
        .await?;
    Ok(("file", serde_json::to_value(uploaded)?))
}

async fn upload_plain(
    client: &Client,
    file: &Attachment,
) -> matrix_sdk::Result<(&'static str, Value)> {
    let mut request = create_content::v3::Request::new(file.body.clone().into_bytes());
    request.content_type = Some(file.mime.clone());
    request.filename = Some(file.name.clone());
    let config = RequestConfig::new().disable_retry().timeout(TIMEOUT);
    let uploaded = client.send(request).with_request_config(config).await?;
    Ok(("url", json!(uploaded.content_uri)))
}
