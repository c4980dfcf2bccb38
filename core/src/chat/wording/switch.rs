//! What the homeserver says in the bot's place when the bot has stopped, and what the bot says when it is there again.

/// What the homeserver posts in the managers' room when the bot has given no sign for too long.
///
/// It is kept at the homeserver beforehand, and a message that the homeserver sends by itself cannot be encrypted. So it
/// says nothing of anybody: not who is out, not that anybody is, not a name and not a number.
pub const STOPPED: &str = "Lonewatch has stopped answering. Use the phone list.";

/// The bot is there again after [`STOPPED`] was posted. What it has missed is told apart from this.
pub const ANSWERS_AGAIN: &str =
    "I am answering again. The message that I have stopped no longer holds.";
