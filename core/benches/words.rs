//! How fast what people write is read: the phrase matcher and the command parser, a message at a time on one core, and with
//! the message's length up to 64 KiB. The marks: 200,000 messages a second each, and time in proportion to the length.

use chrono::{TimeZone, Utc};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lonewatch_core::chat::parse::{Listening, PersonName, parse};
use lonewatch_core::config::load_for_rehearsal;
use lonewatch_core::domain::ids::PersonId;
use lonewatch_core::domain::phrase::Phrases;
use std::hint::black_box;
use std::path::Path;

/// Messages of the phrases' corpus: everyday ones, and one that carries a phrase for every twenty of them.
fn messages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/phrases");
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).expect("a corpus");
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let (everyday, alarm) = (read("note.txt"), read("alarm.txt"));
    let rare = alarm.into_iter().take(everyday.len() / 20);
    everyday.into_iter().chain(rare).collect()
}

/// What a day of commands looks like.
const COMMANDS: &[&str] = &[
    "/visit LCS1234 14:00-15:00",
    "/visit LCS1234 tomorrow 14:00-15:00 AB cat 1 check 14:30 next office",
    "arrived",
    "ok",
    "/extend 30m",
    "left",
    "home",
    "/ack A12",
    "/noanswer A12 tried her mobile twice",
    "/standdown A12 she is at her desk",
    "/seen @amira 14:20 in the office",
    "/board",
    "done, all fine",
    "I am at the door and the dog is out",
];

fn phrases() -> Phrases {
    Phrases::new(&["purple file", "late for my meeting with the Director"]).expect("phrases")
}

fn of_length(messages: &[String], bytes: usize) -> String {
    let mut text = String::new();
    for message in messages.iter().cycle() {
        text.push_str(message);
        text.push_str(". ");
        if text.len() >= bytes {
            break;
        }
    }
    let end = text.floor_char_boundary(bytes);
    text.truncate(end);
    text
}

fn matcher(bench: &mut Criterion) {
    let (messages, phrases) = (messages(), phrases());
    let mut group = bench.benchmark_group("phrase matcher");
    group.throughput(Throughput::Elements(messages.len() as u64));
    group.bench_function("messages of the corpus", |each| {
        each.iter(|| {
            for message in &messages {
                black_box(phrases.hear(black_box(message)));
            }
        });
    });
    for kib in [1, 4, 16, 64] {
        let text = of_length(&messages, kib << 10);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("KiB", kib), &text, |each, text| {
            each.iter(|| black_box(phrases.hear(black_box(text))));
        });
    }
    group.finish();
}

fn parser(bench: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let config = load_for_rehearsal(&folder.join("wiltshire.toml")).expect("a team");
    let team = config.teams.into_iter().next().expect("a team");
    let known = |person: &lonewatch_core::domain::roster::Person| PersonName {
        id: PersonId(person.id.0.clone()),
        name: person.name.clone(),
        matrix: person.matrix.clone(),
    };
    let people: Vec<PersonName> = team.team.people.iter().map(known).collect();
    let reference = regex::Regex::new("^LCS[0-9]{3,8}$").expect("a pattern");
    let names = ["lonewatch".to_owned(), "@lonewatch:example.org".to_owned()];
    let ctx = Listening {
        now: Utc
            .with_ymd_and_hms(2026, 3, 2, 9, 0, 0)
            .single()
            .expect("a time"),
        tz: chrono_tz::Europe::London,
        direct: true,
        answering: false,
        bot_names: &names,
        people: &people,
        reference: &reference,
        reference_example: "LCS1234",
        new_visits: false,
    };
    let mut group = bench.benchmark_group("command parser");
    let corpus = messages();
    let all: Vec<&str> = corpus
        .iter()
        .map(String::as_str)
        .chain(COMMANDS.iter().copied())
        .collect();
    for (name, texts) in [("commands", COMMANDS.to_vec()), ("everything", all)] {
        group.throughput(Throughput::Elements(texts.len() as u64));
        group.bench_function(name, |each| {
            each.iter(|| {
                for text in &texts {
                    black_box(parse(black_box(text), &ctx));
                }
            });
        });
    }
    for kib in [1, 4, 16, 64] {
        let text = of_length(&corpus, kib << 10);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("KiB", kib), &text, |each, text| {
            each.iter(|| black_box(parse(black_box(text), &ctx)));
        });
    }
    group.finish();
}

criterion_group! {
    name = words;
    config = Criterion::default().sample_size(30);
    targets = matcher, parser
}
criterion_main!(words);
