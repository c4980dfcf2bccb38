//! What the fuzz targets have been given (`fuzz/corpus/<target>/`), replayed: no crash, no hang, memory bounded. Bounded by
//! work and not by the clock: what is allocated is counted, and twice the text may cost twice as much, not four times.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::Path;

#[path = "../../fuzz/src/bodies.rs"]
mod bodies;

/// Counts what each thread allocates.
struct Counting;

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST_HELD: Cell<isize> = const { Cell::new(0) };
}

fn count(taken: usize, given_back: usize) {
    let signed = |bytes| isize::try_from(bytes).unwrap_or(isize::MAX);
    // A thread that ends has no counters any more.
    let _ = BYTES.try_with(|bytes| bytes.set(bytes.get().wrapping_add(taken)));
    let _ = HELD.try_with(|held| {
        held.set(held.get() + signed(taken) - signed(given_back));
        let _ = MOST_HELD.try_with(|most| most.set(most.get().max(held.get())));
    });
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's contract is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's contract is passed on.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size, layout.size());
        // SAFETY: the caller's contract is passed on.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

type Body = fn(&[u8]);

const TARGETS: [(&str, Body); 5] = [
    ("command", bodies::command),
    ("phrase", bodies::phrase),
    ("policy", bodies::policy),
    ("configuration", bodies::configuration),
    ("scenario", bodies::scenario),
];

/// How much was allocated in all, and the most that was held at once.
fn work(body: Body, data: &[u8]) -> (usize, usize) {
    let (bytes, held) = (BYTES.get(), HELD.get());
    MOST_HELD.set(held);
    body(data);
    let most = usize::try_from(MOST_HELD.get() - held).unwrap_or(0);
    (BYTES.get().wrapping_sub(bytes), most)
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let mut found: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let path = entry.expect("a file").path();
            let data = std::fs::read(&path).expect("readable");
            (path.display().to_string(), data)
        })
        .collect();
    found.sort();
    assert!(found.len() >= 10, "{target}: the corpus has shrunk");
    found
}

/// What the first use makes once for all is no work of this message.
fn warm(body: Body) {
    body(b"purple file");
    body(b"");
}

#[test]
fn every_input_is_survived_with_bounded_work() {
    for (target, body) in TARGETS {
        warm(body);
        for (name, data) in corpus(target) {
            let (_, held) = work(body, &data);
            assert!(
                held <= 8_000_000 + 400 * data.len(),
                "{name}: {held} bytes held at once"
            );
        }
    }
}

/// Each thing that people may repeat, so often.
#[test]
fn twice_the_text_is_twice_the_work() {
    const LONG: usize = 8 * 1024;
    let seeds = [
        "a",
        " ",
        ">",
        "\n",
        "\u{e9}",
        "\u{1F44D}",
        "purple ",
        "file ",
        "purple file ",
        "late for my meeting ",
        "1",
        "14:00-15:00 ",
        "LCS1234 ",
        "/visit LCS1234 14:00-15:00\n",
        "with @ben ",
        "/",
        "help ",
        "no ",
        "and ",
        ", ",
        "\"",
        "(",
        "[",
        "[[team]]\n",
        "a = 1\n",
        "a.",
        "[a.",
        "bot > team: *",
        "* && ",
        "13:50 amira > team: x\n",
        "+1m ! crash\n",
        "never > *: *a*b\n",
        "0",
        "{",
        "=",
        "purple\u{200b}file",
        "ppuurrppllee ",
        "p u r p l e f i l e ",
        "> <@dan:example.org> ack A12\n",
        "12 Example Street, ",
        "he said the details are in the purple file ",
        "not ",
        "x-",
        "@amira ",
        "until ",
        "for 45m ",
        "next home ",
        "cat 2 ",
    ];
    for (target, body) in TARGETS {
        warm(body);
        for seed in seeds {
            let text = |length: usize| seed.repeat(length / seed.len());
            let (half, _) = work(body, text(LONG / 2).as_bytes());
            let (whole, held) = work(body, text(LONG).as_bytes());
            assert!(
                whole <= 3 * half + 100_000,
                "{target}, {seed:?}: {half} bytes, then {whole}"
            );
            assert!(
                held <= 400 * LONG,
                "{target}, {seed:?}: {held} bytes held at once"
            );
        }
    }
}

/// The longest message that a homeserver takes.
#[test]
fn the_longest_message_is_survived() {
    const LONGEST: usize = 64 * 1024;
    for (target, body) in TARGETS {
        warm(body);
        for seed in [
            "a",
            "\n",
            "note ",
            "purple file ",
            "/visit LCS1234 14:00-15:00\n",
        ] {
            let text = |length: usize| seed.repeat(length / seed.len());
            let (part, _) = work(body, text(LONGEST / 8).as_bytes());
            let (whole, held) = work(body, text(LONGEST).as_bytes());
            assert!(
                whole <= 9 * part + 100_000,
                "{target}, {seed:?}: {part} bytes, then {whole}"
            );
            assert!(
                held <= 400 * LONGEST,
                "{target}, {seed:?}: {held} bytes held at once"
            );
        }
    }
}
