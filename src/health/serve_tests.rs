//! The pages over a real socket.

use super::*;
use crate::health::vitals::Login;
use crate::matrix::Link;
use chrono::TimeDelta;
use lonewatch_core::courier::{Delivered, SendError};
use lonewatch_core::store::{Tally, Unsent};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

async fn served(vitals: &Arc<Vitals>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve(listener, vitals.clone()));
    address
}

/// What is answered to these words, to the end of the connection.
async fn ask(address: SocketAddr, words: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let _ = stream.write_all(words.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("text")
}

async fn get(address: SocketAddr, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await
}

/// A bot that is well; the sender keeps its line.
fn well() -> (Arc<Vitals>, watch::Sender<Link>) {
    let (line, seen) = watch::channel(Link {
        connected: true,
        signed: true,
        last_good: Some(clock::now()),
        ..Link::default()
    });
    let vitals = Arc::new(Vitals::default());
    vitals.login(Login::In);
    vitals.line(seen);
    vitals.desk_turned();
    vitals.courier_turned();
    vitals.watching();
    vitals.counted(Tally::default(), 0, 1);
    (vitals, line)
}

#[tokio::test]
async fn a_bot_that_is_well_is_ready() {
    let (vitals, _line) = well();
    let address = served(&vitals).await;
    let ready = get(address, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 200 OK\r\n"), "{ready}");
    assert!(ready.contains("content-type: application/json"), "{ready}");
    let body = ready.split("\r\n\r\n").nth(1).expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(body["ready"], true);
    assert_eq!(body["wrong"], serde_json::json!([]));
    let alive = get(address, "/healthz").await;
    assert!(alive.starts_with("HTTP/1.1 200 OK\r\n"), "{alive}");
}

#[tokio::test]
async fn one_that_is_logged_out_is_not() {
    let (vitals, _line) = well();
    let address = served(&vitals).await;
    vitals.login(Login::Out);
    let ready = get(address, "/readyz").await;
    assert!(
        ready.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
        "{ready}"
    );
    assert!(ready.contains("logged out"), "{ready}");
    let metrics = get(address, "/metrics").await;
    for line in [
        "lonewatch_logged_in 0",
        "lonewatch_ready 0",
        "lonewatch_logouts_total 1",
    ] {
        assert!(
            metrics.contains(&format!("\n{line}\n")),
            "{line}: {metrics}"
        );
    }
    // The process itself is alive, and logs in again.
    let alive = get(address, "/healthz").await;
    assert!(alive.starts_with("HTTP/1.1 200 OK\r\n"), "{alive}");
}

#[tokio::test]
async fn the_numbers_are_those_of_the_store() {
    let (vitals, line) = well();
    let address = served(&vitals).await;
    let ago = |seconds| clock::now() - TimeDelta::seconds(seconds);
    let unsent = Unsent {
        duress: 1,
        page: 2,
        answer: 3,
        quiet: 4,
    };
    let tally = Tally {
        inbox_pending: 5,
        unsent,
        oldest_unsent_alarm: Some(ago(100)),
        open_shifts: 6,
        next_due: Some(ago(200)),
    };
    vitals.counted(tally, 7, 2);
    let sent = Delivered {
        room: String::new(),
        event: String::new(),
    };
    for _ in 0..8 {
        vitals.delivered(&Ok(sent.clone()));
    }
    let why = String::new();
    let refused = Err(SendError::Refused { why: why.clone() });
    for _ in 0..9 {
        vitals.delivered(&refused);
    }
    vitals.delivered(&Err(SendError::Later { wait: None, why }));
    line.send_modify(|line| (line.connected, line.last_good) = (false, Some(ago(300))));
    let metrics = get(address, "/metrics").await;
    for line in [
        "lonewatch_up 1",
        "lonewatch_ready 0",
        "lonewatch_blind 1",
        "lonewatch_dead_mans_switch 0",
        "lonewatch_outbox_unsent{priority=\"highest\"} 1",
        "lonewatch_outbox_unsent{priority=\"page\"} 2",
        "lonewatch_outbox_unsent{priority=\"answer\"} 3",
        "lonewatch_outbox_unsent{priority=\"quiet\"} 4",
        "lonewatch_inbox_pending 5",
        "lonewatch_open_shifts 6",
        "lonewatch_open_alarms 7",
        "lonewatch_messages_sent_total 8",
        "lonewatch_refused_total 9",
    ] {
        assert!(
            metrics.contains(&format!("\n{line}\n")),
            "{line}: {metrics}"
        );
    }
    for (name, seconds) in [
        ("oldest_unsent_alarm_seconds", 100),
        ("next_deadline_lateness_seconds", 200),
        ("last_sync_age_seconds", 300),
    ] {
        // To the ten seconds: the machine may be busy.
        let begin = format!("\nlonewatch_{name} {}", seconds / 10);
        assert!(metrics.contains(&begin), "{name}: {metrics}");
    }
    let body = metrics.split("\r\n\r\n").nth(1).expect("a body");
    for line in body.lines() {
        let name = line
            .strip_prefix("# HELP ")
            .or(line.strip_prefix("# TYPE "))
            .unwrap_or(line);
        assert!(name.starts_with("lonewatch_"), "{line}");
    }
}

#[tokio::test]
async fn only_get_and_head_of_three_pages() {
    let (vitals, _line) = well();
    let address = served(&vitals).await;
    let head = ask(address, "HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    let post = ask(
        address,
        "POST /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    assert!(post.starts_with("HTTP/1.1 405 "), "{post}");
    assert!(post.contains("allow: GET, HEAD"), "{post}");
    let other = get(address, "/").await;
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
}

#[tokio::test]
async fn a_head_without_end_is_cut_off() {
    let (vitals, _line) = well();
    let address = served(&vitals).await;
    let long = format!(
        "GET /healthz HTTP/1.1\r\nX: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    let answer = ask(address, &long).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    let after = get(address, "/healthz").await;
    assert!(after.starts_with("HTTP/1.1 200"), "{after}");
}
