//! What is said where the managers' room of a team is lost, and when it is there again.

/// The bot was put out of it. `bot` is its Matrix id.
pub fn put_out(team: &str, bot: &str) -> String {
    format!(
        "I am no longer in the managers\u{2019} room of {team}. {HERE} To mend that, invite {bot} to the room again."
    )
}

/// It was replaced by another room.
pub fn replaced(team: &str, bot: &str) -> String {
    format!(
        "The managers\u{2019} room of {team} was replaced by a new one, and I am not in the new one yet. {HERE} To mend that, invite \
         {bot} to the new room."
    )
}

/// Nobody who belongs there is left in it, or one alone.
pub fn deserted(team: &str, left: Option<&str>) -> String {
    let who = match left {
        Some(name) => format!("Only {name} is"),
        None => "Nobody is".to_owned(),
    };
    format!(
        "{who} in the managers\u{2019} room of {team} now. {HERE} To mend that, come back into the room, or have the others \
         invited to it."
    )
}

/// Said in direct chats: it holds for all that is said below.
const HERE: &str =
    "Until that is mended, what I say there comes here, to each of you, and alarms reach you here.";

/// Said in the room.
pub fn stands_again() -> String {
    "I use this room again from now on. What I have said meanwhile is in your direct chats."
        .to_owned()
}
