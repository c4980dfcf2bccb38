//! The invariants of the design on random shifts: the pure step, without store or rooms.

use chrono::{DateTime, Duration, TimeZone, Utc};
use lonewatch_core::config::{load_for_rehearsal, policy};
use lonewatch_core::domain::alarm::AlarmKind;
use lonewatch_core::domain::command::{Command, Extension, Target, Told, VisitRequest};
use lonewatch_core::domain::engine::{Input, next_due, step};
use lonewatch_core::domain::ids::{AlarmNumber, PersonId};
use lonewatch_core::domain::ladder::World;
use lonewatch_core::domain::notice::Effect;
use lonewatch_core::domain::policy::Policy;
use lonewatch_core::domain::roster::Team;
use lonewatch_core::domain::shift::Shift;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// After `/police` the responders are asked hourly: no open alarm may be silent for longer.
const LONGEST_SILENCE: Duration = Duration::hours(1);

struct Setting {
    team: Team,
    policy: Policy,
    managers_room: BTreeSet<PersonId>,
}

fn setting(name: &str) -> Setting {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let own = folder.join(format!("{name}.toml"));
    let team = if own.exists() {
        own
    } else {
        folder.join("wiltshire.toml")
    };
    let config = load_for_rehearsal(&team).expect("the scenarios' team");
    let team = config.teams[0].team.clone();
    let (policy, _) = policy(name, &folder).expect("a policy");
    let responders = team
        .people
        .iter()
        .filter(|p| p.responds() && p.matrix.is_some());
    let managers_room = responders.map(|p| p.id.clone()).collect();
    Setting {
        team,
        policy,
        managers_room,
    }
}

fn begin() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0)
        .single()
        .expect("a time")
}

fn shift() -> Shift {
    Shift {
        id: "s".to_owned(),
        team: "North".to_owned(),
        ..Shift::empty(PersonId::from("amira"), begin())
    }
}

/// One thing that happens, and how long after the one before.
#[derive(Clone, Debug)]
struct Event {
    wait: i64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Nothing,
    Visit {
        begins_in: i64,
        minutes: i64,
        check: Option<i64>,
        call: bool,
    },
    Worker(Command),
    Responder(&'static str, u8),
    Note,
    Phrase(bool),
    Unreadable,
    Undelivered(&'static str),
}

fn happening() -> impl Strategy<Value = Event> {
    let told = Told::default;
    let worker = prop_oneof![
        Just(Command::Left(told())),
        Just(Command::Ok(told())),
        Just(Command::Arrived(told())),
        Just(Command::Home(told())),
        Just(Command::Extend {
            reference: None,
            to: Extension::Minutes(30)
        }),
        Just(Command::Cancel { reference: None }),
        Just(Command::Sos {
            words: String::new()
        }),
        Just(Command::RingMe),
        Just(Command::Undo),
    ];
    let what = prop_oneof![
        4 => Just(What::Nothing),
        3 => (-30i64..120, 10i64..180, prop::option::of(1i64..10), any::<bool>())
            .prop_map(|(begins_in, minutes, check, call)| What::Visit { begins_in, minutes, check, call }),
        4 => worker.prop_map(What::Worker),
        4 => (prop::sample::select(vec!["dan", "carol", "ben"]), 0u8..10).prop_map(|(who, what)| What::Responder(who, what)),
        2 => Just(What::Note),
        1 => any::<bool>().prop_map(What::Phrase),
        1 => Just(What::Unreadable),
        1 => prop::sample::select(vec!["dan", "carol", "amira"]).prop_map(What::Undelivered),
    ];
    (0i64..45, what).prop_map(|(wait, what)| Event { wait, what })
}

/// The input that an event is for the shift as it stands.
fn input(what: &What, shift: &Shift, now: DateTime<Utc>, count: usize) -> Input {
    let amira = PersonId::from("amira");
    let newest = shift
        .alarms
        .last()
        .map_or(AlarmNumber(1), |alarm| alarm.number);
    let target = Target {
        alarm: Some(newest),
        who: None,
    };
    let command = |by: PersonId, command| Input::Command {
        by,
        command: Box::new(command),
        said_at: now,
        event: format!("$e{count}"),
        visit: None,
    };
    match what {
        What::Nothing => Input::Tick,
        What::Visit {
            begins_in,
            minutes,
            check,
            call,
        } => {
            let start = now + Duration::minutes(*begins_in);
            let end = (start + Duration::minutes(*minutes)).max(now + Duration::minutes(1));
            let checks = check
                .iter()
                .map(|tenth| start + (end - start) / 10 * i32::try_from(*tenth).unwrap_or(5));
            let checks: Vec<_> = checks.collect();
            let request = VisitRequest {
                reference: format!("LCS{:04}", 1000 + count),
                initials: None,
                start,
                end,
                category: None,
                back: None,
                with: vec![],
                calls: checks.iter().filter(|_| *call).copied().collect(),
                checks,
                next: None,
                on_behalf: None,
                second: false,
                crosses_midnight: false,
            };
            command(amira, Command::Visit(request))
        }
        What::Worker(given) => command(amira, given.clone()),
        What::Responder(who, which) => {
            let words = "seen by PC 1234 at the door".to_owned();
            let given = match which {
                0 => Command::Ack(target),
                1 => Command::NoAnswer { target, words },
                2 => Command::Reached { target, words },
                3 => Command::Seen {
                    target,
                    at: None,
                    words,
                },
                4 => Command::Police {
                    target,
                    log: "4711".to_owned(),
                },
                5 => Command::StandDown {
                    target,
                    reason: words,
                },
                6 => Command::Claim {
                    target,
                    reference: None,
                },
                7 => Command::Asked {
                    target,
                    reference: None,
                    words,
                    never: count.is_multiple_of(2),
                },
                8 => Command::Worry { target, words },
                _ => Command::Undo,
            };
            command(PersonId::from(*who), given)
        }
        What::Note => Input::Note {
            words: "the door is locked".to_owned(),
            said_at: now,
        },
        What::Phrase(sure) => Input::Phrase {
            sure: *sure,
            words: String::new(),
            said_at: Some(now),
        },
        What::Unreadable => Input::Unreadable {
            event: format!("$u{count}"),
            said_at: now,
        },
        What::Undelivered(who) => Input::Undelivered {
            alarm: shift.alarms.last().map(|alarm| alarm.number),
            visit: shift.visits.last().map(|visit| visit.no),
            who: Some(PersonId::from(*who)),
            for_good: count.is_multiple_of(2),
        },
    }
}

struct Walk<'a> {
    setting: &'a Setting,
    shift: Shift,
    next_alarm: u32,
}

impl Walk<'_> {
    fn take(&mut self, input: &Input, now: DateTime<Utc>) -> Vec<Effect> {
        let world = World {
            policy: &self.setting.policy,
            team: &self.setting.team,
            managers_room: &self.setting.managers_room,
            room_stands: true,
            beside: vec![],
            at_office: None,
            told_instead: None,
            risks: &[],
            untrained: false,
            reach: None,
            next_alarm: self.next_alarm,
        };
        let outcome = step(self.shift.clone(), input, now, &world);
        self.next_alarm += outcome.alarms_raised;
        self.shift = outcome.shift;
        outcome.effects
    }

    /// Lets time pass to `to`, waking the shift just when it asks for it.
    fn pass(&mut self, to: DateTime<Utc>) {
        for _ in 0..100_000 {
            match next_due(&self.shift, &self.setting.policy).filter(|due| *due <= to) {
                None => return,
                Some(due) => {
                    self.take(&Input::Tick, due);
                    let next = next_due(&self.shift, &self.setting.policy);
                    assert!(
                        next.is_none_or(|next| next > due),
                        "a tick at {due} leaves something due at {next:?}"
                    );
                }
            }
        }
        panic!("time does not pass");
    }

    fn check(&self, now: DateTime<Utc>) {
        let open = self.shift.open_alarms().next();
        let next = next_due(&self.shift, &self.setting.policy);
        if let Some(alarm) = open {
            let next =
                next.unwrap_or_else(|| panic!("{} is open and has no deadline", alarm.number));
            assert!(
                next - now <= LONGEST_SILENCE,
                "{} is silent from {now} to {next}",
                alarm.number
            );
        }
        for alarm in &self.shift.alarms {
            let steps: Vec<usize> = alarm
                .standing
                .fired
                .iter()
                .map(|fired| fired.step)
                .collect();
            assert!(
                steps.is_sorted_by(|a, b| a < b),
                "{} took a step twice: {steps:?}",
                alarm.number
            );
        }
    }
}

const POLICIES: [&str; 5] = [
    "bexley",
    "rotherham",
    "al-hasaniya",
    "hertfordshire",
    "../../policies/demo.toml",
];

fn walk(policy: &str, events: &[Event]) {
    let setting = setting(policy);
    let mut walk = Walk {
        setting: &setting,
        shift: shift(),
        next_alarm: 1,
    };
    let mut now = begin();
    for (count, event) in events.iter().enumerate() {
        now += Duration::minutes(event.wait);
        walk.pass(now);
        if walk.shift.closed_at.is_some() {
            return;
        }
        let duress = walk.shift.duress().cloned();
        let given = input(&event.what, &walk.shift, now, count);
        walk.take(&given, now);
        // What the worker's account does never moves a call for help by code phrase.
        if let (Some(before), What::Worker(_) | What::Note | What::Visit { .. }) =
            (duress, &event.what)
        {
            let after = walk.shift.alarm(before.number).expect("alarms stay");
            assert_eq!(before.standing, after.standing, "{:?}", event.what);
        }
        walk.take(&Input::Tick, now);
        assert!(
            walk.take(&Input::Tick, now).is_empty(),
            "a second tick said something again"
        );
        walk.check(now);
        let json = serde_json::to_string(&walk.shift).expect("a shift is written");
        assert_eq!(
            walk.shift,
            serde_json::from_str(&json).expect("and read"),
            "a shift survives the store"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_silent_end_and_nothing_the_worker_says_cancels_duress(events in prop::collection::vec(happening(), 1..40)) {
        walk("wiltshire", &events);
    }

    #[test]
    fn the_same_under_other_policies(which in 0..POLICIES.len(), events in prop::collection::vec(happening(), 1..40)) {
        walk(POLICIES[which], &events);
    }

    #[test]
    fn a_clock_that_jumps_back_changes_nothing(events in prop::collection::vec(happening(), 1..20), back in 1i64..600) {
        let setting = setting("wiltshire");
        let mut walk = Walk { setting: &setting, shift: shift(), next_alarm: 1 };
        let mut now = begin();
        for (count, event) in events.iter().enumerate() {
            now += Duration::minutes(event.wait);
            walk.pass(now);
            let given = input(&event.what, &walk.shift, now, count);
            walk.take(&given, now);
            walk.take(&Input::Tick, now);
            let said = walk.shift.clone();
            assert!(walk.take(&Input::Tick, now - Duration::minutes(back)).is_empty());
            // An alarm is not silenced by what was noted ahead of the clock that was set back.
            walk.check(now - Duration::minutes(back));
            walk.shift = said;
        }
    }
}

#[test]
fn a_jump_forward_takes_each_step_once() {
    let setting = setting("wiltshire");
    let mut walk = Walk {
        setting: &setting,
        shift: shift(),
        next_alarm: 1,
    };
    walk.take(
        &input(
            &What::Visit {
                begins_in: 0,
                minutes: 60,
                check: None,
                call: false,
            },
            &walk.shift.clone(),
            begin(),
            1,
        ),
        begin(),
    );
    let said = walk.take(&Input::Tick, begin() + Duration::hours(48));
    let alarm = &walk.shift.alarms[0];
    assert_eq!(alarm.kind, AlarmKind::Overdue);
    // Two of the three pages are long overdue and go out as one; the police have to wait until the manager
    // has had it for 15 minutes.
    assert_eq!(
        alarm
            .standing
            .fired
            .iter()
            .map(|fired| fired.step)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    assert!(
        walk.take(&Input::Tick, begin() + Duration::hours(48))
            .is_empty()
    );
    assert!(!said.is_empty());
}
