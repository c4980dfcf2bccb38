//! Reactions: which emoji stands for what. Phones differ, so near relatives count too.

use crate::domain::notice::{Notice, Tap};

/// The emoji that offers a tap in a message of this kind.
pub fn emoji(tap: Tap, notice: &Notice) -> &'static str {
    match (tap, notice) {
        (Tap::Done, Notice::AskCheck { .. }) | (Tap::Reached, _) => "✅",
        (
            Tap::Done
            | Tap::Fine
            | Tap::OnIt
            | Tap::Accept
            | Tap::Along
            | Tap::Approve
            | Tap::Claim
            | Tap::Hold,
            _,
        ) => "👍",
        (Tap::MoreTime, _) => "⏳",
        (Tap::RingMe, _) => "📞",
        (Tap::NoAnswer | Tap::NobodyThere, _) => "❌",
        (Tap::Raise | Tap::Worry, _) => "🚨",
        (Tap::Home, _) => "🏠",
        (Tap::Office, _) => "🏢",
    }
}

/// The offered emoji that a reaction means: itself, or a near relative on another phone.
pub fn meant<'a>(key: &str, offers: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    const RELATIVES: [&[&str]; 8] = [
        &["👍", "👌", "🆗", "🙋", "✋", "👀", "💪", "🙂"],
        &["✅", "✔", "☑", "✓", "🏁"],
        &["⏳", "⏱", "⏰", "⏲", "⌛", "🕐", "➕", "🕒"],
        &["📞", "☎", "📱", "🤙", "📲"],
        &["❌", "🚫", "📵", "✖", "👎", "❎"],
        &["🚨", "🆘", "❗"],
        &["🏠", "🏡", "🏘"],
        &["🏢", "🏬", "🏛", "💼"],
    ];
    let key = plain(key);
    if let Some(same) = offers.clone().find(|offer| plain(offer) == key) {
        return Some(same);
    }
    let family = RELATIVES
        .iter()
        .find(|family| family.contains(&key.as_str()))?;
    if let Some(related) = offers.clone().find(|offer| family.contains(offer)) {
        return Some(related);
    }
    // A tick means "done" where a question to the worker offers a thumb; on a page it would mean something
    // else than the thumb, and a wrong guess could close an alarm.
    let question = offers.clone().any(|offer| offer == "📞");
    let is_tick = family.contains(&"✅");
    (question && is_tick)
        .then(|| offers.clone().find(|offer| *offer == "👍"))
        .flatten()
}

/// Without skin tones and variation selectors.
fn plain(key: &str) -> String {
    let tone = |c: char| {
        ('\u{1F3FB}'..='\u{1F3FF}').contains(&c) || ('\u{FE00}'..='\u{FE0F}').contains(&c)
    };
    key.trim()
        .chars()
        .filter(|c| !tone(*c) && *c != '\u{200D}')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, offers: &[&str], means: Option<&str>) {
        assert_eq!(
            meant(key, offers.iter().copied()),
            means,
            "{key} among {offers:?}"
        );
    }

    #[test]
    fn near_relatives_count_and_strangers_do_not() {
        check("👍🏽", &["👍", "⏳", "📞"], Some("👍"));
        check("✔️", &["👍", "⏳", "📞"], Some("👍"));
        check("✅", &["👍", "✅", "❌"], Some("✅"));
        check("⏱️", &["👍", "⏳", "📞"], Some("⏳"));
        check("☎️", &["👍", "⏳", "📞"], Some("📞"));
        check("👎", &["👍", "✅", "❌"], Some("❌"));
        check("👎", &["👍", "⏳", "📞"], None);
        check("👍", &["✅"], None);
        check("✅", &["👍"], None);
        check("🎉", &["👍", "⏳", "📞"], None);
    }
}
