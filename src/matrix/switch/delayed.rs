//! The bare requests of MSC4140, delayed events. The SDK has them behind an unstable feature only, which would be one more
//! build of all of it. <https://github.com/matrix-org/matrix-spec-proposals/pull/4140>

use matrix_sdk::Client;
use matrix_sdk::reqwest::{Method, RequestBuilder, Response, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(20);
const FEATURE: &str = "org.matrix.msc4140";

/// What is wrong with a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It may work later. A dead token is the sync's business.
    Later,
    /// There is no such message waiting: it was posted, or taken away.
    Gone,
    /// The homeserver says no, with this status and error code.
    Refused(String),
}

/// The homeserver's messages that wait.
pub struct Delayed {
    client: Client,
}

/// One that waits.
#[derive(Deserialize)]
pub struct One {
    /// Its number.
    pub delay_id: String,
    /// What it will say.
    #[serde(default)]
    pub content: Value,
}

impl Delayed {
    /// Over the connection of this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// True where the homeserver has delayed events and lets them be used.
    ///
    /// # Errors
    /// Where it cannot be asked. The same holds for the others.
    pub async fn supported(&self) -> Result<bool, Trouble> {
        let answer = self
            .ask(Method::GET, &["_matrix", "client", "versions"], |r| r)
            .await?;
        Ok(answer["unstable_features"][FEATURE] == true)
    }

    /// Leaves a message in a room, to be posted after this time; answers its number. The same transaction makes one.
    ///
    /// # Errors
    /// As [`Self::supported`].
    pub async fn leave(
        &self,
        room: &str,
        txn: &str,
        after: Duration,
        content: Value,
    ) -> Result<String, Trouble> {
        let path = [
            "_matrix",
            "client",
            "v3",
            "rooms",
            room,
            "send",
            "m.room.message",
            txn,
        ];
        let delay = after.as_millis().to_string();
        let answer = self
            .ask_with(
                Method::PUT,
                &path,
                Some(("org.matrix.msc4140.delay", &delay)),
                |request| request.body(content.to_string()),
            )
            .await?;
        let id = answer["delay_id"].as_str();
        id.map(ToOwned::to_owned)
            .ok_or_else(|| Trouble::Refused("no delay_id".to_owned()))
    }

    /// Puts off a message that waits, by its whole time.
    ///
    /// # Errors
    /// As [`Self::supported`].
    pub async fn restart(&self, id: &str) -> Result<(), Trouble> {
        self.act(id, "restart").await
    }

    /// Takes a message that waits away.
    ///
    /// # Errors
    /// As [`Self::supported`].
    pub async fn cancel(&self, id: &str) -> Result<(), Trouble> {
        self.act(id, "cancel").await
    }

    /// All that wait for this account.
    ///
    /// # Errors
    /// As [`Self::supported`].
    pub async fn all(&self) -> Result<Vec<One>, Trouble> {
        #[derive(Deserialize)]
        struct All {
            delayed_events: Vec<One>,
        }
        let path = ["_matrix", "client", "unstable", FEATURE, "delayed_events"];
        let answer = self.ask(Method::GET, &path, |r| r).await?;
        let all: All = serde_json::from_value(answer).map_err(|_| Trouble::Later)?;
        Ok(all.delayed_events)
    }

    async fn act(&self, id: &str, action: &str) -> Result<(), Trouble> {
        let path = [
            "_matrix",
            "client",
            "unstable",
            FEATURE,
            "delayed_events",
            id,
        ];
        let body = json!({ "action": action }).to_string();
        self.ask(Method::POST, &path, |request| request.body(body))
            .await
            .map(drop)
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Value, Trouble> {
        self.ask_with(method, path, None, with).await
    }

    async fn ask_with(
        &self,
        method: Method,
        path: &[&str],
        query: Option<(&str, &str)>,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Value, Trouble> {
        let url = url(self.client.homeserver(), path, query).ok_or(Trouble::Later)?;
        let token = self.client.access_token().ok_or(Trouble::Later)?;
        let request = self.client.http_client().request(method, url);
        let request = request
            .bearer_auth(token)
            .header("content-type", "application/json")
            .timeout(TIMEOUT);
        let answer = with(request).send().await.map_err(|_| Trouble::Later)?;
        read(answer).await
    }
}

fn url(mut base: Url, path: &[&str], query: Option<(&str, &str)>) -> Option<Url> {
    base.path_segments_mut().ok()?.pop_if_empty().extend(path);
    if let Some((name, value)) = query {
        base.query_pairs_mut().append_pair(name, value);
    }
    Some(base)
}

async fn read(answer: Response) -> Result<Value, Trouble> {
    let status = answer.status().as_u16();
    let body = answer.bytes().await.map_err(|_| Trouble::Later)?;
    judged(status, &body)
}

fn judged(status: u16, body: &[u8]) -> Result<Value, Trouble> {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let code = json.as_ref().and_then(|json| json["errcode"].as_str());
    match (status, code) {
        (200..=299, _) => json.ok_or(Trouble::Later),
        // Without a code of Matrix it comes from something between us and the homeserver.
        (404, Some("M_NOT_FOUND")) => Err(Trouble::Gone),
        (401 | 408 | 429, _) | (500.., _) | (_, None) => Err(Trouble::Later),
        // Its words may repeat what was asked; its code does not.
        (_, Some(code)) => Err(Trouble::Refused(format!("{status} {code}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_homeserver_itself_can_say_that_it_is_gone() {
        let gone = br#"{"errcode": "M_NOT_FOUND", "error": "Delayed event not found"}"#;
        assert_eq!(judged(404, gone), Err(Trouble::Gone));
        assert_eq!(
            judged(404, b"<html>no such site</html>"),
            Err(Trouble::Later)
        );
        assert_eq!(
            judged(502, b"<html>Bad Gateway</html>"),
            Err(Trouble::Later)
        );
        let limit = br#"{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1000}"#;
        assert_eq!(judged(429, limit), Err(Trouble::Later));
        let token = br#"{"errcode": "M_UNKNOWN_TOKEN"}"#;
        assert_eq!(judged(401, token), Err(Trouble::Later));
        let no = br#"{"errcode": "M_FORBIDDEN"}"#;
        assert_eq!(
            judged(403, no),
            Err(Trouble::Refused("403 M_FORBIDDEN".to_owned()))
        );
        assert_eq!(judged(200, b"{}"), Ok(json!({})));
    }

    #[test]
    fn a_room_keeps_its_name_in_the_address() {
        let base = Url::parse("https://example.org/").expect("an address");
        let path = ["rooms", "!a/b?:example.org", "send"];
        let made =
            url(base, &path, Some(("org.matrix.msc4140.delay", "4000"))).expect("an address");
        assert_eq!(
            made.as_str(),
            "https://example.org/rooms/!a%2Fb%3F:example.org/send?org.matrix.msc4140.delay=4000"
        );
    }
}
