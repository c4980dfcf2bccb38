//! The mark that every message of ours carries, so that it is recognised when it comes back down the sync. Whoever reads
//! a message may look at its source: the mark must not show row numbers, because a jump between two of them would tell
//! that the bot has been talking to others meanwhile (invariant 4). It hides; it does not protect a secret.

/// The field of a message's content that holds the mark.
pub const FIELD: &str = "org.lonewatch.outbox";

/// The mark of an outbox row of this store.
pub fn mark(store_id: &str, row: i64) -> String {
    let [mut left, mut right] = halves(row.cast_unsigned());
    for round in 0..ROUNDS {
        (left, right) = (right, left ^ mix(store_id, round, right));
    }
    format!("{left:08x}{right:08x}")
}

/// The outbox row behind a mark; `None` where the mark is not of this store.
pub fn row_of(store_id: &str, mark: &str) -> Option<i64> {
    if mark.len() != 16 || !mark.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let [mut left, mut right] = halves(u64::from_str_radix(mark, 16).ok()?);
    for round in (0..ROUNDS).rev() {
        (left, right) = (right ^ mix(store_id, round, left), left);
    }
    // Rows are counted from one and stay far below 2^32, so that a mark of another store practically never passes.
    (left == 0 && right != 0).then_some(i64::from(right))
}

const ROUNDS: u8 = 4;

fn halves(value: u64) -> [u32; 2] {
    [(value >> 32) as u32, value as u32]
}

/// FNV-1a over the store's id, the round and the half, then the finaliser of MurmurHash3: stable over releases of Rust,
/// which the standard library's hasher is not.
fn mix(store_id: &str, round: u8, half: u32) -> u32 {
    let bytes = store_id.bytes().chain([0, round]).chain(half.to_le_bytes());
    let mut hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (hash ^ (hash >> 33)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_leads_back_to_its_row_in_its_own_store_only() {
        for row in [1, 2, 77, 1_000_000, 4_000_000_000] {
            let made = mark("store-a", row);
            assert_eq!(row_of("store-a", &made), Some(row));
            assert_eq!(row_of("store-b", &made), None);
        }
        for wrong in [
            "",
            "12",
            "zzzzzzzzzzzzzzzz",
            "+123456789abcdef",
            "é23456789abcdef",
        ] {
            assert_eq!(row_of("store-a", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn neighbouring_rows_do_not_look_like_neighbours() {
        let (one, two) = (mark("store-a", 41), mark("store-a", 42));
        let same = one.bytes().zip(two.bytes()).filter(|(a, b)| a == b).count();
        assert!(same < 8, "{one} and {two}");
    }
}
