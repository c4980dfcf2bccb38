//! Word lists for the phrase matcher. A word of `COMMON` or `NAMES` is a word in its own right: it is never taken for a
//! typing slip of a phrase word, at most for a weak one ("purple fire"). Written for this project, British spelling.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// What part a small word may play between the words of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// a, the, my, that …
    Article,
    /// is, are, was, it's …
    Be,
    /// I, I'm, I've …: a clause about the speaker herself begins.
    First,
    /// it, them: stands for what was named before.
    It,
    /// you, he, can, will …: another clause begins.
    Clause,
    /// Small words that change nothing (for, with, to, be, gonna …).
    Plain,
    /// Words that usually part two things (in, on, and, from, then …).
    Block,
    /// Words of time and hesitation that may stand anywhere (um, please, today …).
    Filler,
}

const ARTICLE: &str =
    "a an the teh my our your ur her his their this that these those some any me dis da";
const BE: &str = "is are was were be been being am its it's thats whats wheres hes shes theyre were has had have having which";
const FIRST: &str = "i im ill ive id we weve";
const IT: &str = "it one ones thing thingy them him us";
const CLAUSE: &str = "you u he she they youll hell shell theyll youre youve hed can could would should shall will wont cant \
    couldnt wouldnt do does did dont doesnt didnt may must might let lets who what when where why how if cud wud shud";
const PLAIN: &str = "wiv wid wit wth 4 2 fo fr for to fro with w wiht wth re about be not no of going goin gonna gunna ganna get gets got getting go goes \
    just as there here than too also very really quite bit little lot both all only even still such by";
const JOINER: &str = "in on at from and or but then before after because cos cause coz while until til till so into under over \
    out off up down through during since due nor without within near behind beside";
const PARTER: &str = "next leaving left finishing finished coming came back home seeing deputy assistant funeral associate vice \
    former ex film medical musical casting company managing trainee nail";
const FILLER: &str = "um umm er err erm uh like please pls plz sorry today tonight tomorrow tmrw yesterday now again already yet \
    soon morning afternoon evening oclock am pm noon midday lunchtime x xx xxx thanks thank ta cheers thx love mate coloured \
    colour colored running runnin new yes yeah yep ok okay oh actually well maybe perhaps probably definitely sadly though tho \
    hun hi hiya hey hello lol haha btw afraid minute minutes min mins hour hours monday tuesday wednesday thursday friday \
    saturday sunday old same later two three four five six seven eight nine ten eleven twelve half quarter past \
    innit bruv babe babes darling dear pal soz ngl guys";

/// Shortenings that people type for a word: as good as the word itself.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("mtg", "meeting"),
    ("mtng", "meeting"),
    ("mting", "meeting"),
    ("meetg", "meeting"),
    ("mtgs", "meeting"),
    ("dir", "director"),
    ("dirr", "director"),
    ("drctr", "director"),
    ("l8", "late"),
    ("dr", "doctor"),
    ("doc", "doctor"),
    ("2day", "today"),
    ("2moro", "tomorrow"),
    ("2morrow", "tomorrow"),
    ("tmrw", "tomorrow"),
    ("tomoz", "tomorrow"),
    ("2nite", "tonight"),
    ("tonite", "tonight"),
    ("appt", "appointment"),
    ("mgr", "manager"),
    ("aunty", "auntie"),
];

/// Words that say nearly the same: a weak hit.
pub(super) const SYNONYMS: &[(&str, &str)] = &[
    ("delayed", "late"),
    ("behind", "late"),
    ("overdue", "late"),
    ("miss", "late"),
    ("missing", "late"),
    ("tardy", "late"),
    ("brolly", "umbrella"),
];

const NAMES: &str = "aaron abby abdul abi adam adele adrian ahmed aidan aisha alan alex alexa alfie ali alice alison amanda amber \
    amira amy andrea andrew andy angela anita ann anna anne annie anthony anya archie arthur ash asha ava barbara barry becky ben \
    bella ben beth betty bill billy bob bobby brad brenda brian bruce callum cara carl carla carol caroline carrie cath catherine \
    charlie chloe chris claire clare clive colin connor craig daisy dale dan dana daniel danny darren dave david dawn dean deb \
    debbie denise derek diana diane dina dom donna doreen doris doug duncan dylan eddie edith edward eileen elaine eli eliza ella \
    ellen ellie elsie emily emma eric erin ethan eva eve evelyn evie faith farah fatima fay faye felix fern finn fiona flo florence \
    fran frances francis frank fred freddie freya fyfe gail gareth gary gavin gemma geoff george gerald gill gina glen glenn gloria \
    grace graham grant greg gwen hannah harriet harry hassan hayley hazel heather helen henry hilary holly hope howard hugh ian ibrahim \
    imran irene iris isaac isla isobel ivan ivy jack jacob jade jake james jamie jan jane janet janice jason jay jean jeff jen jenna \
    jenny jess jessica jill jim jo joan joanne jodie joe john jon josh joy joyce judith judy julia julian julie june kai karen karl \
    kate kath kathy katie kay keith kelly ken kerry kev kevin kim kirsty kumar kyle lana lane lara laura lauren leah lee leila len \
    leo leon lesley lewis liam lila lily linda lisa liz lola lorna lorraine louis louise lucas lucy luke lynn maggie malik marc \
    margaret maria marie mark martha martin martyn mary mason matt maureen max maya megan mel mia michael michelle mick mike mila \
    millie miriam mo mohammed molly mona monica muhammad nadia nan nancy naomi nat natalie nate nathan neil nia niall nicky nicola \
    nigel nile niles nina noah nora norman oliver olivia omar oscar owen pam pamela pat patel patricia patrick paul paula pauline \
    peggy penny perry pete peter phil philip phoebe piers pippa polly priya rachel raj ray rebecca reece rhys richard rick rita rob \
    robert robin roger ron rosa rose rosie ross roy ruby rupert russell ruth ryan sadie sally sam samantha samir sana sandra sara \
    sarah scott sean seth shane sharon sheila shirley sian sid simon sofia sonia sophie stella steph stephen steve stuart sue susan \
    suzanne sylvia tara tariq tate ted teresa terry tess theo tia tim tina toby tom tony tracey tracy trevor trish ursula val vera \
    vicky victor victoria viv vivian wayne wendy will william yasmin yusuf yvonne fila zac zara zoe";

const COMMON: &str = include_str!("common.txt");

/// A quick hash for short words (FNV-1a). The lists are ours, so nobody can choose words that collide in them.
#[derive(Clone)]
struct Quick(u64);

impl Default for Quick {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

type QuickHash = BuildHasherDefault<Quick>;

static KINDS: LazyLock<HashMap<&'static str, Kind, QuickHash>> = LazyLock::new(|| {
    let lists = [
        (FILLER, Kind::Filler),
        (JOINER, Kind::Block),
        (PARTER, Kind::Block),
        (PLAIN, Kind::Plain),
        (CLAUSE, Kind::Clause),
        (IT, Kind::It),
        (BE, Kind::Be),
        (FIRST, Kind::First),
        (ARTICLE, Kind::Article),
    ];
    let words = lists
        .iter()
        .flat_map(|(list, kind)| list.split_whitespace().map(move |word| (word, *kind)));
    words.collect()
});

static REAL: LazyLock<HashSet<&'static str, QuickHash>> = LazyLock::new(|| {
    let own = COMMON.split_whitespace().chain(NAMES.split_whitespace());
    own.chain(KINDS.keys().copied()).collect()
});

static NAMED: LazyLock<HashSet<&'static str, QuickHash>> =
    LazyLock::new(|| NAMES.split_whitespace().collect());

/// Nouns and verbs that end like an adverb.
const NO_ADVERB: &str = "family reply supply apply assembly butterfly comply imply multiply";

/// What a small word does between phrase words; `None` for a word with content. An adverb ("unfortunately") changes as
/// little as a hesitation.
pub(super) fn kind(word: &str) -> Option<Kind> {
    let adverb = || {
        word.len() >= 6
            && word.ends_with("ly")
            && !NO_ADVERB.split_whitespace().any(|noun| noun == word)
            && !is_name(word)
    };
    let known = KINDS.get(word).copied();
    known.or_else(|| adverb().then_some(Kind::Filler))
}

/// Whether this is a first name.
pub(super) fn is_name(word: &str) -> bool {
    NAMED.contains(word)
}

/// Small words that people put for one another: "late to", "late 4", "wiv".
pub(super) fn alike_small(said: &str, own: &str) -> bool {
    said == own
        || match own {
            "for" => matches!(said, "to" | "4" | "fo" | "fr" | "fro"),
            "with" => matches!(said, "w" | "wiv" | "wid" | "wit" | "wth" | "wiht"),
            "to" => matches!(said, "2" | "for"),
            _ => false,
        }
}

/// Whether the word carries no content of a phrase. Words of time ("today") do, and so do "leaving" or "deputy", which
/// may be what a phrase is about.
pub(super) fn is_small(word: &str) -> bool {
    match kind(word) {
        None | Some(Kind::Filler) => false,
        Some(Kind::Block) => !PARTER.split_whitespace().any(|other| other == word),
        Some(_) => true,
    }
}

/// Whether this is an ordinary word or first name, also in the plural and with `-ed`. Other endings are in the list
/// where they are needed: cutting them off would make a word of "directer".
pub(super) fn is_real(word: &str) -> bool {
    let known = |stem: &str| REAL.contains(stem);
    known(word)
        || word.strip_suffix('s').is_some_and(known)
        || word.strip_suffix("es").is_some_and(known)
        || word.strip_suffix("ed").is_some_and(known)
        || word
            .strip_suffix('d')
            .is_some_and(|stem| stem.ends_with('e') && known(stem))
        || word
            .strip_suffix("ies")
            .is_some_and(|stem| known(&format!("{stem}y")))
}
