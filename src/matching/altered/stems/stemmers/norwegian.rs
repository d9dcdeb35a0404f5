//! Frequent words of Nynorsk and of older Bokmål, with those of Bokmål in their place.
//!
//! Both are written forms of one language, and texts are rewritten from one to the other. Most of their content words
//! share a beginning, and most of their function words do not.

/// Words in the compared form, in order, each with the one in its place.
#[rustfmt::skip]
const BOKMAL: &[(&str, &str)] = &[
    ("aleine", "alene"), ("allereie", "allerede"), ("anna", "annet"), ("annan", "annen"), ("anten", "enten"),
    ("arbeide", "arbeid"), ("auga", "oye"), ("augo", "oynene"), ("aust", "ost"), ("bein", "ben"), ("berre", "bare"),
    ("betre", "bedre"), ("blaut", "blot"), ("blev", "ble"), ("bod", "bud"), ("born", "barn"), ("borna", "barna"),
    ("bornet", "barnet"), ("breidd", "bredde"), ("brot", "brudd"), ("brukar", "bruker"), ("budd", "bodd"),
    ("burt", "bort"), ("byd", "byr"), ("byrja", "begynte"), ("byrje", "begynne"), ("dei", "de"), ("deim", "dem"),
    ("deira", "deres"), ("dersom", "hvis"), ("difor", "derfor"), ("dig", "deg"), ("djup", "dyp"), ("djupe", "dype"),
    ("djupt", "dypt"), ("dotter", "datter"), ("dottera", "datteren"), ("draum", "drom"), ("draumar", "drommer"),
    ("draumen", "drommen"), ("dykk", "dere"), ("dykkar", "deres"), ("eder", "dere"), ("eders", "deres"),
    ("efter", "etter"), ("eg", "jeg"), ("ei", "en"), ("eige", "eget"), ("eigen", "egen"), ("eigne", "egne"),
    ("ein", "en"), ("einaste", "eneste"), ("eine", "ene"), ("eit", "et"), ("enno", "enda"), ("fann", "fant"),
    ("fekk", "fikk"), ("fleire", "flere"), ("fram", "frem"), ("framfor", "foran"), ("frao", "fra"),
    ("fridom", "frihet"), ("fyrst", "forst"), ("fyrste", "forste"), ("gamal", "gammel"), ("gamall", "gammel"),
    ("gav", "ga"), ("gje", "gi"), ("gjekk", "gikk"), ("gjeng", "gar"), ("gjer", "gjor"), ("gjera", "gjore"),
    ("gjere", "gjore"), ("gjev", "gir"), ("gjeve", "gitt"), ("gong", "gang"), ("gongen", "gangen"),
    ("gonger", "ganger"), ("graut", "grot"), ("gut", "gutt"), ("gutar", "gutter"), ("guten", "gutten"),
    ("haust", "host"), ("hausten", "hosten"), ("hava", "ha"), ("heil", "hel"), ("heilag", "hellig"),
    ("heilage", "hellige"), ("heile", "hele"), ("heim", "hjem"), ("heime", "hjemme"), ("hennar", "hennes"),
    ("hev", "har"), ("hja", "hos"), ("hjarta", "hjerte"), ("hjelpa", "hjelpe"), ("ho", "hun"), ("honom", "ham"),
    ("hovud", "hode"), ("hovudet", "hodet"), ("hoyra", "hore"), ("hoyrde", "horte"), ("hoyre", "hore"),
    ("hugsa", "huske"), ("hugsar", "husker"), ("ifra", "fra"), ("ikkje", "ikke"), ("ikring", "omkring"),
    ("imillom", "mellom"), ("imot", "mot"), ("inkje", "ikke"), ("kalla", "kalte"), ("kasta", "kastet"),
    ("kjaerleik", "kjaerlighet"), ("kjem", "kommer"), ("kjende", "kjente"), ("koma", "komme"), ("kome", "komme"),
    ("kongar", "konger"), ("kor", "hvor"), ("korleis", "hvordan"), ("kring", "omkring"), ("kva", "hva"),
    ("kvar", "hver"), ("kvarandre", "hverandre"), ("kvart", "hvert"), ("kven", "hvem"), ("kvi", "hvorfor"),
    ("kvifor", "hvorfor"), ("kvinna", "kvinnen"), ("lat", "la"), ("lata", "la"), ("laus", "los"), ("laust", "lost"),
    ("leid", "led"), ("let", "lot"), ("lita", "lille"), ("litle", "lille"), ("ljos", "lys"), ("ljoset", "lyset"),
    ("lysa", "lyse"), ("lyt", "ma"), ("manad", "maned"), ("me", "vi"), ("medan", "mens"), ("meget", "mye"),
    ("meir", "mer"), ("menneskje", "menneske"), ("mig", "meg"), ("millom", "mellom"), ("mjolk", "melk"),
    ("mogeleg", "mulig"), ("mogleg", "mulig"), ("moglegheit", "mulighet"), ("morgon", "morgen"),
    ("morgonen", "morgenen"), ("mykje", "mye"), ("namn", "navn"), ("namnet", "navnet"), ("no", "na"),
    ("nogen", "noen"), ("noget", "noe"), ("noko", "noe"), ("nokon", "noen"), ("nokre", "noen"), ("nu", "na"),
    ("nyleg", "nylig"), ("ogso", "ogsa"), ("op", "opp"), ("oyra", "ore"), ("raud", "rod"), ("raude", "rode"),
    ("rettferd", "rettferdighet"), ("ropa", "ropte"), ("saerskild", "saerskilt"), ("sagde", "sa"),
    ("saman", "sammen"), ("sanning", "sannhet"), ("segja", "si"), ("segjer", "sier"), ("seie", "si"),
    ("seier", "sier"), ("sein", "sen"), ("seinare", "senere"), ("seint", "sent"), ("sers", "saerlig"),
    ("sidan", "siden"), ("sig", "seg"), ("sja", "se"), ("sjolv", "selv"), ("sjolve", "selve"), ("sju", "syv"),
    ("sjuk", "syk"), ("sjuke", "syke"), ("skil", "skille"), ("skot", "skudd"), ("skule", "skole"),
    ("skulen", "skolen"), ("so", "sa"), ("soleis", "saledes"), ("son", "sonn"), ("sonen", "sonnen"),
    ("soner", "sonner"), ("song", "sang"), ("songen", "sangen"), ("stein", "sten"), ("steinen", "stenen"),
    ("stend", "star"), ("straum", "strom"), ("svara", "svarte"), ("syster", "soster"), ("tala", "talte"),
    ("tek", "tar"), ("teke", "tatt"), ("tenkje", "tenke"), ("tidlegare", "tidligere"), ("tjue", "tyve"),
    ("tjuv", "tyv"), ("tretti", "tredve"), ("trong", "trang"), ("tru", "tro"), ("trudde", "trodde"),
    ("tyda", "bety"), ("tyder", "betyr"), ("um", "om"), ("upp", "opp"), ("utan", "uten"), ("vanleg", "vanlig"),
    ("vart", "ble"), ("vatn", "vann"), ("vatnet", "vannet"), ("vatten", "vann"), ("veg", "vei"), ("vegen", "veien"),
    ("veit", "vet"), ("veke", "uke"), ("vekene", "ukene"), ("vera", "vaere"), ("verda", "verden"),
    ("verdi", "verden"), ("vere", "vaere"), ("vert", "blir"), ("verte", "bli"), ("vise", "vis"), ("vore", "vaert"),
    ("vorte", "blitt"), ("ynskje", "onske"), ("ynskjer", "onsker"), ("yver", "over"),
];

/// The word of Bokmål in place of `word`.
pub(super) fn bokmal(word: &str) -> &str {
    let place = BOKMAL.binary_search_by_key(&word, |(other, _)| other);
    place.ok().and_then(|place| BOKMAL.get(place)).map_or(word, |(_, bokmal)| bokmal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_have_one_form_in_bokmal() {
        assert!(BOKMAL.is_sorted_by(|(a, _), (b, _)| a < b));
        for (word, other) in BOKMAL {
            assert_eq!(bokmal(word), *other);
            assert_eq!(bokmal(other), *other, "{word}");
        }
    }
}
