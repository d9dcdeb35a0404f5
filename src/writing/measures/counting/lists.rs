//! Lists of English words, in small letters.

use super::lexicon::Kinds;

/// The lists, each with what its words are.
pub(super) const ALL: &[(&str, Kinds)] = &[
    (FUNCTION, Kinds::FUNCTION),
    (MODALS, Kinds::MODAL.with(Kinds::FUNCTION)),
    (FIRST_PERSON, Kinds::FIRST_PERSON.with(Kinds::FUNCTION)),
    (SECOND_PERSON, Kinds::SECOND_PERSON.with(Kinds::FUNCTION)),
    (THIRD_PERSON, Kinds::THIRD_PERSON.with(Kinds::FUNCTION)),
    (PASSIVE_AUXILIARIES, Kinds::PASSIVE_AUXILIARY),
    (PARTICIPLES, Kinds::PARTICIPLE),
    (NO_PARTICIPLES, Kinds::NO_PARTICIPLE),
    (ADVERBS, Kinds::ADVERB),
    (CONNECTIVES, Kinds::CONNECTIVE),
];

/// Articles, determiners, prepositions, conjunctions, auxiliaries, particles and other pronouns.
const FUNCTION: &str = "a an the this that these those all any both each either every few many more most much neither no
    none one other others another same several some such what whatever which whichever who whoever whom whose
    about above across after against along among amid around as at before behind below beneath beside besides
    between beyond by concerning despite down during except for from in inside into like near of off on onto out
    outside over past per regarding since through throughout till to toward towards under underneath until unto up
    upon via with within without and but or nor so yet because although though if unless whereas whether while when
    whenever where wherever than then once lest
    am is are was were be been being do does did doing done have has had having not n't there here how why
    isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't let's that's there's here's what's who's
    anybody anyone anything everybody everyone everything nobody nothing somebody someone something
    also only just even too very quite rather again ever never";

const MODALS: &str =
    "can could may might must shall should will would ought can't cannot couldn't mayn't mightn't mustn't
    shan't shouldn't won't wouldn't oughtn't";

const FIRST_PERSON: &str =
    "i me my mine myself we us our ours ourselves i'm i've i'd i'll we're we've we'd we'll";

const SECOND_PERSON: &str = "you your yours yourself yourselves you're you've you'd you'll";

const THIRD_PERSON: &str =
    "he him his himself she her hers herself it its itself they them their theirs themselves
    he's he'd he'll she's she'd she'll it's it'd it'll they're they've they'd they'll";

const PASSIVE_AUXILIARIES: &str =
    "am is are was were be been being isn't aren't wasn't weren't i'm you're we're they're
    get gets got getting gotten";

/// Past participles of irregular verbs.
const PARTICIPLES: &str = "beaten become begun bent bet bitten blown born borne bought bound bred broken brought built burnt burst
    cast caught chosen clung cut dealt done drawn driven drunk dug eaten fallen fed felt flung forbidden forced forgiven
    forgotten found fought frozen given gone ground grown heard held hidden hit hung hurt kept known laid learnt led left
    lent let lit lost made meant met mistaken overcome paid proven put quit read ridden rung run said seen sent set sewn
    shaken shed shot shown shut slain slung sold sought spent split spoken spread spun stolen struck stuck stung sung sunk
    sworn swept swung taken taught thought thrown told torn trodden understood undertaken upset withdrawn woken won worn
    woven wound written overthrown rewritten rebuilt misled misunderstood withheld upheld foreseen outdone undone";

/// Words in -ed that are no participles of verbs, or are adjectives after `be` far more often.
const NO_PARTICIPLES: &str = "need indeed speed seed feed exceed proceed succeed agreed breed greed bleed weed reed creed hundred
    sacred naked wicked ragged rugged wretched tired excited interested scared bored worried pleased surprised married
    ashamed aged talented gifted supposed used embarrassed annoyed frightened delighted confused disappointed";

/// Words, besides those in -ly, that may stand between an auxiliary and its participle.
const ADVERBS: &str =
    "not never always also often just only even still already now then ever soon well thus therefore however
    being been all both sometimes once again further later usually mostly";

/// Connectives of one word (after Halliday and Hasan 1976): additive, adversative, causal and temporal. Without `and` and
/// `or`, which mostly join words.
const CONNECTIVES: &str = "accordingly additionally afterward afterwards also alternatively although because besides but
    consequently conversely earlier eventually finally first firstly furthermore hence however if indeed instead
    lastly later likewise meanwhile moreover namely nevertheless next nonetheless otherwise overall previously rather
    second secondly similarly simultaneously since so specifically still subsequently then thereafter therefore third thirdly
    though thus ultimately unless unlike until when whenever whereas wherefore whereby whether while yet";

/// Connectives of several words.
pub(super) const PHRASES: &[&str] = &[
    "according to",
    "after all",
    "all in all",
    "apart from",
    "as a consequence",
    "as a result",
    "as an example",
    "as long as",
    "as opposed to",
    "as soon as",
    "as well",
    "at first",
    "at last",
    "at the same time",
    "by contrast",
    "by the way",
    "compared to",
    "due to",
    "even if",
    "even so",
    "except that",
    "for example",
    "for instance",
    "for one thing",
    "for this reason",
    "for that reason",
    "given that",
    "in addition",
    "in any case",
    "in comparison",
    "in conclusion",
    "in contrast",
    "in fact",
    "in general",
    "in order to",
    "in other words",
    "in particular",
    "in short",
    "in spite of",
    "in sum",
    "in summary",
    "in that case",
    "in the end",
    "in the first place",
    "in the meantime",
    "in this case",
    "in this way",
    "instead of",
    "not only",
    "of course",
    "on one hand",
    "on the contrary",
    "on the other hand",
    "on the whole",
    "owing to",
    "provided that",
    "such as",
    "that is",
    "to begin with",
    "to conclude",
    "to start with",
    "to sum up",
    "to summarize",
    "what is more",
    "with regard to",
    "with respect to",
];
