//! What a failed request means: try again, and when, or give up.

use lonewatch_core::courier::SendError;
use matrix_sdk::ruma::api::error::{ErrorKind, RetryAfter};
use matrix_sdk::{Error, HttpError};
use std::time::Duration;

/// What is wrong with a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Network, overload or an error inside the server: it may work later.
    Later(Option<Duration>),
    /// The server said no, with this status and error code.
    Refused(String),
    /// The access token is not valid any more. `soft` is true where the device still exists.
    LoggedOut {
        /// True for a soft logout.
        soft: bool,
    },
    /// Not a matter of the network: a store, the encryption, a bug.
    Local,
}

/// Classifies an error of the SDK.
pub fn of(error: &Error) -> Failure {
    match error {
        Error::Http(error) => of_http(error),
        Error::Timeout | Error::ConcurrentRequestFailed => Failure::Later(None),
        _ => Failure::Local,
    }
}

/// Classifies an error of a bare request.
pub fn of_http(error: &HttpError) -> Failure {
    if let HttpError::Cached(inner) = error {
        return of_http(inner);
    }
    let Some(answer) = error.as_client_api_error() else {
        // No answer at all, or one that is not Matrix: a proxy in front of a server that is down.
        return match error.as_uiaa_response() {
            Some(_) => Failure::Refused("401".to_owned()),
            None => Failure::Later(None),
        };
    };
    let status = answer.status_code.as_u16();
    match answer.error_kind() {
        Some(ErrorKind::LimitExceeded(limit)) => {
            Failure::Later(limit.retry_after.as_ref().and_then(wait))
        }
        Some(ErrorKind::UnknownToken(token)) => Failure::LoggedOut {
            soft: token.soft_logout,
        },
        _ if status == 429 || status == 408 || status >= 500 => Failure::Later(None),
        Some(kind) => Failure::Refused(format!("{status} {}", kind.errcode())),
        // A refusal without a Matrix error code comes from something between us and the server.
        None => Failure::Later(None),
    }
}

impl Failure {
    /// What the courier makes of it. An expired token is not the message's fault: it goes out after the next login.
    pub fn into_send_error(self) -> SendError {
        match self {
            Self::Later(wait) => SendError::Later {
                wait,
                why: "the homeserver cannot be reached or asks to wait".to_owned(),
            },
            Self::Refused(code) => SendError::Refused {
                why: format!("the homeserver refuses it ({code})"),
            },
            Self::LoggedOut { .. } => SendError::Later {
                wait: None,
                why: "the bot has to log in again".to_owned(),
            },
            Self::Local => SendError::Later {
                wait: None,
                why: "the message could not be encrypted or stored".to_owned(),
            },
        }
    }
}

/// How long the server asks us to wait, at most a minute. Where it names a date instead, our own back-off will do.
fn wait(after: &RetryAfter) -> Option<Duration> {
    match after {
        RetryAfter::Delay(delay) => Some((*delay).min(Duration::from_secs(60))),
        RetryAfter::DateTime(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use matrix_sdk::ruma::api::EndpointError;
    use matrix_sdk::ruma::api::client::uiaa::UiaaResponse;
    use matrix_sdk::ruma::api::error::FromHttpResponseError;
    use matrix_sdk::ruma::exports::http;

    #[track_caller]
    fn check(status: u16, body: &str, expected: Failure) {
        let response = http::Response::builder()
            .status(status)
            .body(body.as_bytes());
        let answer = UiaaResponse::from_http_response(response.expect("a response"));
        let error = HttpError::from(FromHttpResponseError::Server(answer));
        assert_eq!(of_http(&error), expected, "{status} {body}");
        assert_eq!(of(&Error::from(error)), expected, "{status} {body}");
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let limit = r#"{"errcode": "M_LIMIT_EXCEEDED", "error": "", "retry_after_ms": 2500}"#;
        check(
            429,
            limit,
            Failure::Later(Some(Duration::from_millis(2500))),
        );
        let long = r#"{"errcode": "M_LIMIT_EXCEEDED", "error": "", "retry_after_ms": 9000000}"#;
        check(429, long, Failure::Later(Some(Duration::from_secs(60))));
        let unknown = r#"{"errcode": "M_UNKNOWN", "error": ""}"#;
        for status in [408, 429, 500, 502, 503, 504] {
            check(status, unknown, Failure::Later(None));
        }
        check(502, "<html>Bad Gateway</html>", Failure::Later(None));
        check(404, "<html>no such site</html>", Failure::Later(None));
    }

    #[test]
    fn what_will_not_pass_is_refused() {
        for (status, code) in [
            (403, "M_FORBIDDEN"),
            (404, "M_NOT_FOUND"),
            (413, "M_TOO_LARGE"),
            (400, "M_BAD_JSON"),
        ] {
            let body = format!(r#"{{"errcode": "{code}", "error": "words"}}"#);
            check(status, &body, Failure::Refused(format!("{status} {code}")));
        }
    }

    #[test]
    fn a_dead_token_is_neither() {
        let token = r#"{"errcode": "M_UNKNOWN_TOKEN", "error": "", "soft_logout": true}"#;
        check(401, token, Failure::LoggedOut { soft: true });
        let token = r#"{"errcode": "M_UNKNOWN_TOKEN", "error": ""}"#;
        check(401, token, Failure::LoggedOut { soft: false });
        let put_off = Failure::LoggedOut { soft: true }.into_send_error();
        assert!(matches!(put_off, SendError::Later { .. }));
    }
}
