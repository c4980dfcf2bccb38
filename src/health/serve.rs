//! The small HTTP server: GET and HEAD of three pages, on loopback unless the configuration says otherwise.

use super::judge::Values;
use super::vitals::Vitals;
use super::{metrics, page};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use lonewatch_core::clock;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// So many connections at a time; whoever comes then waits.
const CONNECTIONS: usize = 32;
/// How long a request may take to come, and one connection in all.
const HEADERS: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);
/// How many bytes the head of a request may have: the least that the server takes.
const LONGEST_HEAD: usize = 8192;
const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// Answers for ever.
pub async fn serve(listener: TcpListener, vitals: Arc<Vitals>) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(seat) = seats.clone().acquire_owned().await else {
            return; // nobody closes it
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Too many open files: somebody has to close one first.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        let vitals = vitals.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let answer = answer(request.method(), request.uri().path(), &vitals);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .max_buf_size(LONGEST_HEAD)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), service);
            // What goes wrong with somebody's question is theirs.
            let _ = tokio::time::timeout(WHOLE, connection).await;
            drop(seat);
        });
    }
}

type Answer = Response<Full<Bytes>>;

fn answer(method: &Method, path: &str, vitals: &Vitals) -> Answer {
    if !matches!(path, "/healthz" | "/readyz" | "/metrics") {
        return plain(
            StatusCode::NOT_FOUND,
            "there are /healthz, /readyz and /metrics\n",
        );
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        let allowed = HeaderValue::from_static("GET, HEAD");
        answer.headers_mut().insert(ALLOW, allowed);
        return answer;
    }
    let values = vitals.values(clock::now());
    match path {
        "/healthz" => alive(&values),
        "/readyz" => {
            let wrong = values.wrong();
            let body = page::readiness(&values, &wrong);
            with(well(wrong.is_empty()), JSON, format!("{body:#}\n"))
        }
        _ => with(StatusCode::OK, metrics::TYPE, metrics::text(&values)),
    }
}

fn alive(values: &Values) -> Answer {
    let words = match (values.watching, values.alive()) {
        (true, true) => "alive\n",
        (false, _) => "alive, not watching yet\n",
        (true, false) => "a loop hangs\n",
    };
    plain(well(values.alive()), words)
}

fn well(well: bool) -> StatusCode {
    match well {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn plain(status: StatusCode, words: &str) -> Answer {
    with(status, TEXT, words.to_owned())
}

fn with(status: StatusCode, kind: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
