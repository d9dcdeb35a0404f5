//! Seed inputs of the targets.

use std::{env, fs};

/// Texts of each kind that is tokenised in a special way.
pub const TEXTS: [&str; 10] = [
    "The tide keeps no diary, and yet the harbour-master can read it like one; don't you think?",
    "He said \"every wall remembers the hands that built it\" (Moll, 2019, p. 4), and \u{201c}nobody\u{201d} answered [3].",
    "References\n\n[1] Moll, A. (2019). On walls. Journal of Walls, 3(2), 4-9. doi:10.1000/182\n[2] Ada, B. 2001. Tides.\n",
    "h i d d e n  l e t t e r s and \u{440}\u{430}lim\u{440}sest, so\u{ad}ft, zero\u{200b}width, \u{202e}turned\u{202c}",
    "\u{6f6e}\u{6c50}\u{4e0d}\u{8bb0}\u{65e5}\u{8bb0}\u{3002}\u{30ab}\u{30bf}\u{30ab}\u{30ca}\u{3068}\u{3072}\u{3089}\u{304c}\u{306a} \u{e20}\u{e32}\u{e29}\u{e32}\u{e44}\u{e17}\u{e22}",
    "\u{41a}\u{43d}\u{438}\u{433}\u{430} \u{43f}\u{43e}\u{43c}\u{43d}\u{438}\u{442}, \u{645}\u{631}\u{62d}\u{628}\u{627} \u{5e9}\u{5dc}\u{5d5}\u{5dd}",
    "\u{fb01}ne \u{1d400}\u{1d401} \u{2460} \u{fdfa} e\u{301}\u{327} A\u{30a} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} \u{1f1e9}\u{1f1ea}",
    "> quoted line\n> and another\n\n    an indented block\n\n\u{ab} guillemets \u{bb} \u{300c}corner\u{300d} ``and'' 'single'",
    "1,234.56 a.m. U.S.A. user@example.org https://example.org/a?b=c 3:30 x_y it\u{2019}s rock\u{2019}n\u{2019}roll\r\n\r\n\tTab",
    "\u{0}\u{1}\u{7f}\u{85}\u{2028}\u{feff}\u{fffd}\u{10ffff}",
];

/// Writes seed inputs to the target's input folder, before the target reads it.
pub fn write(inputs: impl IntoIterator<Item = Vec<u8>>) {
    let Some(folder) = env::args().skip(1).find(|argument| !argument.starts_with('-')) else { return };
    // The argument may be a single input instead of a folder.
    for (number, input) in
        inputs.into_iter().enumerate().filter(|_| fs::metadata(&folder).is_ok_and(|it| it.is_dir()))
    {
        fs::write(format!("{folder}/seed-{number:02}"), input).expect("the folder can be written to");
    }
}
