//! The fallback sheet, where the worker concerned is herself in the managers' room: it says the same, at the same moments,
//! on an innocent day and after a code phrase (design, invariant 4).

use crate::{heard, play};

const THEN: [&[&str]; 5] = [
    &["+2m carol > bot: left", "+9m carol > bot: home"],
    &[
        "+2m carol > bot: extend 30m",
        "+3m carol > bot: /away until Friday 17:00",
    ],
    &[
        "+2m carol > bot: /cover @hana for me until 15:40",
        "+0m hana > bot: /cover accept",
    ],
    &[
        "+2m carol > bot: /duty me until 16:00",
        "+7m carol > bot: /duty off",
    ],
    &[
        "+2m carol > bot: /buddy @ben",
        "+2m carol > bot: /me phone 07700 900222",
    ],
];

fn day(said: &str, then: &[&str]) -> String {
    let mut lines = vec![
        "scenario The sheet of a manager who is out".to_owned(),
        "config wiltshire.toml".to_owned(),
        "start 2026-03-02 13:00".to_owned(),
        "13:05 amira > bot: visit LCS5678 13:30-16:30".to_owned(),
        "13:10 carol > bot: visit LCS1234 14:00-15:00".to_owned(),
        format!("14:20 carol > bot: {said}"),
    ];
    lines.extend(then.iter().map(|line| (*line).to_owned()));
    // The next morning's sheet as well.
    lines.push("2026-03-03 09:00 ben > team: good morning".to_owned());
    lines.join("\n")
}

#[tokio::test]
async fn it_gives_nothing_away() {
    for then in THEN {
        let innocent = play(&day("it is in the blue folder", then)).await;
        let secret = play(&day("it is in the purple file", then)).await;
        assert_eq!((heard(&innocent), heard(&secret)), (0, 1), "{then:?}");
        assert!(innocent.sheets.len() > 2, "{:?}", innocent.sheets);
        assert_eq!(innocent.sheets, secret.sheets, "{then:?}");
        let shown = |sheet: &str| sheet.to_lowercase().contains("purple") || sheet.contains("A1");
        assert!(!secret.sheets.iter().any(|sheet| shown(&sheet.text)));
    }
}
