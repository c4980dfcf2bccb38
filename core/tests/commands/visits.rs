//! A visit in every way of writing it.

use super::*;
use lonewatch_core::domain::command::Next;

#[test]
fn a_visit_in_every_way_of_writing_the_time() {
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 | //visit LCS1234 14:00-15:00 | !visit LCS1234 14:00-15:00 | \
         / visit LCS1234 14:00-15:00 | /Visit lcs1234 14:00-15:00 | /VISIT LCS1234, 14:00-15:00. | \
         /visit 14:00-15:00 LCS1234 | lonewatch: visit LCS1234 14:00-15:00 | \
         @lonewatch visit LCS1234 14:00-15:00 | @lonewatch:localhost: visit LCS1234 14:00-15:00 | \
         Lone Watch: /visit LCS1234 14:00-15:00 | lonewatch visit LCS1234 14:00-15:00 | \
         /visit LCS1234 14.00–15.00 | /visit LCS1234 14:00—15:00  | /visit LCS1234 1400-1500 | \
         /visit LCS1234 1400 1500 | /visit LCS1234 2pm-3pm | /visit LCS1234 2 pm - 3 pm | /visit LCS1234 2-3pm | \
         /visit LCS1234 2-3 p.m. | /visit LCS1234 2pm-3 | /visit LCS1234 14-15 | /visit LCS1234 14:00 to 15:00 | \
         /visit LCS1234 14:00 till 15:00 | /visit LCS1234 14:00 until 15:00 | \
         /visit LCS1234 from 14:00 to 15:00 | /visit LCS1234 between 2pm and 3pm | \
         /visit LCS1234 14:00 - 15:00 | /visit LCS1234 14:00- 15:00 | /visit LCS1234 14:00 -15:00 | \
         /visit LCS1234 14:00 for 60m | /visit LCS1234 14:00 for 1 hour | /visit LCS1234 at 14:00 for an hour | \
         /visit LCS1234 2pm for 1h | /visit LCS1234 for 1h from 14:00 | /visit LCS 1234 14:00-15:00 | \
         /visit LCS-1234 14:00-15:00 | /visit #LCS1234 14:00-15:00 | /visit: LCS1234 14:00-15:00!! | \
         /visit\u{a0}LCS1234\u{2009}14:00‑15:00 | \u{202e}/visit LCS1234\u{200b} 14:00-15:00\u{202c} | \
         `/visit LCS1234 14:00-15:00` | /visit LCS1234\n14:00-15:00 | /visit LCS1234 today 14:00-15:00 | \
         /visit LCS1234 Monday 14:00-15:00 | /visit LCS1234 2/3 14:00-15:00 | /visit LCS1234 1４:00-15:00 | \
         > <@ben:localhost> /left\n\n/visit LCS1234 14:00-15:00",
        Command::Visit(two_to_three()),
    );
}

#[test]
fn other_times_and_days() {
    let cases = [
        ("14h00-14h45", "2026-03-02 14:00", "2026-03-02 14:45"),
        ("now for 45 minutes", "2026-03-02 13:45", "2026-03-02 14:30"),
        ("14:00 for 45m", "2026-03-02 14:00", "2026-03-02 14:45"),
        ("14:00 45 mins", "2026-03-02 14:00", "2026-03-02 14:45"),
        ("for 1h", "2026-03-02 13:45", "2026-03-02 14:45"),
        ("1h30", "2026-03-02 13:45", "2026-03-02 15:15"),
        ("for half an hour", "2026-03-02 13:45", "2026-03-02 14:15"),
        ("until 15:00", "2026-03-02 13:45", "2026-03-02 15:00"),
        ("till 3", "2026-03-02 13:45", "2026-03-02 15:00"),
        ("11-1pm tomorrow", "2026-03-03 11:00", "2026-03-03 13:00"),
        ("9-5pm tomorrow", "2026-03-03 09:00", "2026-03-03 17:00"),
        ("9-10am tomorrow", "2026-03-03 09:00", "2026-03-03 10:00"),
        ("2:30-3:15pm", "2026-03-02 14:30", "2026-03-02 15:15"),
        ("2.30 - 3.15pm", "2026-03-02 14:30", "2026-03-02 15:15"),
        ("930-1030 tomorrow", "2026-03-03 09:30", "2026-03-03 10:30"),
        ("tomorrow noon-1pm", "2026-03-03 12:00", "2026-03-03 13:00"),
        (
            "friday midday to 14:00",
            "2026-03-06 12:00",
            "2026-03-06 14:00",
        ),
        (
            "next monday 14:00-15:00",
            "2026-03-09 14:00",
            "2026-03-09 15:00",
        ),
        ("mon 09:00-10:00", "2026-03-09 09:00", "2026-03-09 10:00"),
        (
            "2026-03-03 14:00-15:00",
            "2026-03-03 14:00",
            "2026-03-03 15:00",
        ),
        ("3/3 14:00-15:00", "2026-03-03 14:00", "2026-03-03 15:00"),
        ("14:00-15:00 3/3/26", "2026-03-03 14:00", "2026-03-03 15:00"),
        ("3 March 2pm-3pm", "2026-03-03 14:00", "2026-03-03 15:00"),
        (
            "on the 3rd of March 1400-1500",
            "2026-03-03 14:00",
            "2026-03-03 15:00",
        ),
        (
            "Tue 3 March 2026 14:00-15:00",
            "2026-03-03 14:00",
            "2026-03-03 15:00",
        ),
        ("13:00-15:00", "2026-03-02 13:00", "2026-03-02 15:00"),
        (
            "9:30-10:15 tomorrow",
            "2026-03-03 09:30",
            "2026-03-03 10:15",
        ),
    ];
    for (words, start, end) in cases {
        let text = format!("/visit LCS1234 {words}");
        does(&room(), &text, Command::Visit(visit(start, end)));
    }
}

#[test]
fn nights() {
    let crossing = |start: &str, end: &str| VisitRequest {
        crosses_midnight: true,
        ..visit(start, end)
    };
    let evening = Listening {
        now: at("2026-03-02 21:50"),
        ..room()
    };
    let want = Command::Visit(crossing("2026-03-02 22:00", "2026-03-03 02:00"));
    does(
        &evening,
        "/visit LCS1234 22:00-02:00 | /visit LCS1234 22:00 for 4h | /visit LCS1234 10pm-2am | \
         /visit LCS1234 10-2am | /visit LCS1234 22:00 to 2am",
        want.clone(),
    );
    does(
        &evening,
        "/visit LCS1234 22:00-midnight | /visit LCS1234 22:00-24:00",
        Command::Visit(crossing("2026-03-02 22:00", "2026-03-03 00:00")),
    );
    does(
        &room(),
        "/visit LCS1234 16:00-04:00",
        Command::Visit(crossing("2026-03-02 16:00", "2026-03-03 04:00")),
    );
    // Logged late: the night that has begun, not the one to come.
    let late = Listening {
        now: at("2026-03-03 00:05"),
        ..room()
    };
    does(&late, "/visit LCS1234 22:00-02:00", want);
    let before = Listening {
        now: at("2026-03-02 23:50"),
        ..room()
    };
    let small_hours = Command::Visit(visit("2026-03-03 00:30", "2026-03-03 01:30"));
    does(&before, "/visit LCS1234 00:30-01:30", small_hours);
    does(
        &before,
        "/visit LCS1234 until 00:30",
        Command::Visit(crossing("2026-03-02 23:50", "2026-03-03 00:30")),
    );
}

#[test]
fn clocks_that_change() {
    // 2026-03-29 01:00 to 02:00 does not exist; 2026-10-25 01:00 to 02:00 comes twice.
    let spring = Listening {
        now: at("2026-03-28 20:00"),
        ..room()
    };
    refuses(
        &spring,
        "/visit LCS1234 tomorrow 01:30-03:00",
        &Why::Skipped,
        Some("/visit LCS1234 tomorrow 02:30-04:00"),
    );
    let autumn = Listening {
        now: at("2026-10-24 20:00"),
        ..room()
    };
    let Parsed::Command(Command::Visit(request)) =
        parse("/visit LCS1234 tomorrow 00:30-01:30", &autumn)
    else {
        panic!("not a visit");
    };
    assert_eq!(request.end.to_rfc3339(), "2026-10-25T00:30:00+00:00");
}

#[test]
fn options_in_any_order() {
    let full = VisitRequest {
        initials: Some("AB".to_owned()),
        category: Some(1),
        with: vec![PersonId::from("ben")],
        checks: vec![at("2026-03-02 14:30")],
        next: Some(Next::Visit("LCS77".to_owned())),
        on_behalf: Some(PersonId::from("amira")),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 AB cat 1 14:00-15:00 with @ben check 14:30 next LCS77 for @amira | \
         /visit for amira with ben next lcs77 check 14:30 cat1 ab LCS1234 2-3pm | \
         /visit 14:00-15:00, LCS1234, A.B., category 1, with Ben Jones, check at 2:30, next LCS 77, for Amira | \
         /visit LCS1234 14:00 for 1h for @amira:localhost c1 AB next visit LCS77 check-in 14:30 with @ben:localhost | \
         /VISIT LCS1234 AB CAT 1 14:00-15:00 WITH @BEN CHECK 14:30 NEXT LCS77 FOR @AMIRA",
        Command::Visit(full),
    );
    let with = |ids: &[&str]| VisitRequest {
        with: ids.iter().map(|id| PersonId::from(*id)).collect(),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 with ben and carol | /visit LCS1234 with @ben, @carol 14:00-15:00 | \
         /visit LCS1234 with Ben & Carol Diaz 14:00-15:00",
        Command::Visit(with(&["ben", "carol"])),
    );
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 next office",
        Command::Visit(VisitRequest {
            next: Some(Next::Office),
            ..two_to_three()
        }),
    );
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 cat 2 then home",
        Command::Visit(VisitRequest {
            category: Some(2),
            next: Some(Next::Home),
            ..two_to_three()
        }),
    );
    does(
        &room(),
        "/visit LCS1234 check 14:20 and 14:40 14:00-15:00 | /visit LCS1234 14:00-15:00 check 14:40 14:20",
        Command::Visit(VisitRequest {
            checks: vec![at("2026-03-02 14:20"), at("2026-03-02 14:40")],
            ..two_to_three()
        }),
    );
}

#[test]
fn the_return_in_words() {
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 back 15:30 | /visit LCS1234 2-3pm back half 3 | /visit LCS1234 14:00-15:00 back at half past three | \
         /visit LCS1234 back by 3.30pm 14:00-15:00",
        Command::Visit(VisitRequest {
            back: Some(at("2026-03-02 15:30")),
            ..two_to_three()
        }),
    );
}

#[test]
fn a_check_in_may_be_a_call() {
    let checks = vec![at("2026-03-02 14:20"), at("2026-03-02 14:40")];
    let both = VisitRequest {
        calls: checks.clone(),
        checks: checks.clone(),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 check 14:20 and 14:40 call | /visit LCS1234 check 14:20, 14:40 by phone 14:00-15:00",
        Command::Visit(both),
    );
    let second = VisitRequest {
        calls: vec![checks[1]],
        checks,
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 check 14:20 check 14:40 call",
        Command::Visit(second),
    );
}

/// Cut short, the call before the time, or asked for in her own words: neither the check nor the call is lost.
#[test]
fn a_check_is_never_lost_in_its_words() {
    let check = vec![at("2026-03-02 14:30")];
    let by_phone = VisitRequest {
        checks: check.clone(),
        calls: check.clone(),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 14:00-15:00 chk 14:30 call | /visit LCS1234 14:00-15:00 ck 14:30 call | \
         /visit LCS1234 14:00-15:00 check call 14:30 | /visit LCS1234 14:00-15:00 check call at 14:30 | \
         /visit LCS1234 14:00-15:00 check 14:30 and call | /visit LCS1234 14:00-15:00 check-in 14:30 ring me | \
         /visit LCS1234 14:00-15:00 check 14:30 call me | /visit LCS1234 14:00-15:00 check 14:30 please phone me | \
         /visit LCS1234 chk 14:30 call 14:00-15:00",
        Command::Visit(by_phone),
    );
    let initials = VisitRequest {
        initials: Some("CK".to_owned()),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 CK 14:00-15:00 | /visit LCS1234 ck 14:00-15:00 | /visit LCS1234 14:00-15:00 ck",
        Command::Visit(initials),
    );
    let me = VisitRequest {
        initials: Some("ME".to_owned()),
        ..two_to_three()
    };
    does(&room(), "/visit LCS1234 ME 14:00-15:00", Command::Visit(me));
    refuses(
        &room(),
        "/visit LCS1234 14:00-15:00 check 15:30 call",
        &Why::CheckOutside,
        Some("/visit LCS1234 14:00-15:00"),
    );
}
