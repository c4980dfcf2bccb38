//! What holds for any text.

use super::*;
use lonewatch_core::chat::bad::Bad;
use lonewatch_core::chat::wording::bad::bad as wording;
use lonewatch_core::domain::command::Next;
use proptest::prelude::*;

fn a_bad(parsed: Parsed) -> Option<Bad> {
    match parsed {
        Parsed::Bad(bad) => Some(bad),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_does_harm(text in "\\PC{0,120}", word in "[ /!@a-zA-Z0-9:.,–-]{0,60}") {
        for ctx in [room(), direct(), thread()] {
            for text in [&text, &word, &format!("/visit {text}"), &format!("/{word}"), &format!("/visit LCS1234 {word}")] {
                if let Some(bad) = a_bad(parse(text, &ctx)) {
                    prop_assert!(!wording(&bad).is_empty());
                }
            }
        }
    }

    /// Whatever was wrong, a visit's line can be sent as it stands, at any minute of the year.
    #[test]
    fn a_line_to_send_can_be_sent(
        minute in 0i64..525_600,
        parts in proptest::collection::vec(prop_oneof![
            Just("LCS1234"), Just("AB"), Just("2-3"), Just("15:00-14:00"), Just("23:30-00:30"), Just("01:30-02:30"),
            Just("for 45m"), Just("until 15:00"), Just("25:00"), Just("tomorrow"), Just("31/2"), Just("sunday"),
            Just("check 14:30"), Just("cat 3"), Just("with @ben"), Just("Smith"), Just("next home"), Just("00:00-12:00"),
            Just("12-1"), Just("at 9 for 1h"),
        ], 0..6),
    ) {
        let ctx = Listening { now: at("2026-01-01 00:00") + chrono::Duration::minutes(minute), ..room() };
        let text = format!("/visit {}", parts.join(" "));
        if let Some(fix) = a_bad(parse(&text, &ctx)).and_then(|bad| bad.fix) {
            let again = parse(&fix, &ctx);
            prop_assert!(matches!(again, Parsed::Command(Command::Visit(_))), "{} at {} gave {:?}", fix, ctx.now, again);
        }
    }

    /// However it is addressed and typed, it is the same visit.
    #[test]
    fn typing_does_not_matter(
        prefix in prop_oneof![Just("/"), Just("//"), Just("!"), Just("/ "), Just("lonewatch: "), Just("@lonewatch "), Just("Lone Watch, ")],
        dash in prop_oneof![Just("-"), Just("–"), Just("—"), Just("−"), Just(" - "), Just(" to "), Just(" until ")],
        upper in any::<bool>(),
        tail in prop_oneof![Just(""), Just(" "), Just("."), Just("!"), Just("\u{200b}"), Just("\u{a0}"), Just("\n")],
        start in 14u32..20,
        length in 1u32..4,
    ) {
        let end = start + length;
        let body = format!("visit LCS1234 AB cat 2 {start}:00{dash}{end}:00 with @ben next home");
        let body = if upper { body.to_uppercase() } else { body };
        let want = VisitRequest {
            initials: Some("AB".to_owned()),
            category: Some(2),
            with: vec![PersonId::from("ben")],
            next: Some(Next::Home),
            ..visit(&format!("2026-03-02 {start}:00"), &format!("2026-03-02 {end}:00"))
        };
        prop_assert_eq!(parse(&format!("{prefix}{body}{tail}"), &room()), Parsed::Command(Command::Visit(want)));
    }
}
