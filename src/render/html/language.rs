//! The language of a text, for the attribute `lang`: screen readers choose a voice by it, and browsers the shapes of Han
//! characters.

/// Bytes of a text that are looked at.
const LOOKED_AT_BYTES: usize = 1200;

/// The codes of BCP 47 for the codes of ISO 639-3 that detection returns.
const CODES: &str = "afr af aka ak amh am ara ar aze az bel be ben bn bul bg cat ca ces cs cmn zh cym cy dan da deu de ell el \
    eng en epo eo est et fin fi fra fr guj gu heb he hin hi hrv hr hun hu hye hy ind id ita it jav jv jpn ja kan kn kat ka khm km \
    kor ko lat la lav lv lit lt mal ml mar mr mkd mk mya my nep ne nld nl nob nb ori or pan pa pes fa pol pl por pt ron ro rus ru \
    sin si slk sk slv sl sna sn spa es srp sr swe sv tam ta tel te tgl tl tha th tuk tk tur tr ukr uk urd ur uzb uz vie vi yid yi \
    zul zu";

/// The code of a text's language; empty, which means unknown, if detection is not sure.
pub(super) fn code(text: &str) -> &'static str {
    let beginning = text.get(..text.floor_char_boundary(LOOKED_AT_BYTES)).unwrap_or(text);
    let Some(found) = whatlang::detect(beginning).filter(whatlang::Info::is_reliable) else { return "" };
    let mut codes = CODES.split_whitespace();
    codes.by_ref().find(|code| *code == found.lang().code()).and_then(|_| codes.next()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_a_short_code() {
        let codes: Vec<&str> = CODES.split_whitespace().collect();
        for language in whatlang::Lang::all() {
            let place = codes.iter().position(|code| *code == language.code());
            let short = place.and_then(|place| codes.get(place + 1));
            assert!(
                place.is_some_and(|place| place % 2 == 0) && short.is_some_and(|short| short.len() == 2),
                "{language:?}"
            );
        }
    }

    #[test]
    fn texts_have_their_language_or_none() {
        assert_eq!(code("数据结构课程要求每个学生独立完成一份实验报告。"), "zh");
        assert_eq!(
            code("The keeper wrote the weather into a book that was sent to the capital twice a year."),
            "en"
        );
        assert_eq!(code("1914 1918"), "");
    }
}
