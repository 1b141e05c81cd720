"""Labels as scrapers deliver them: glued, decorated, doubled, spaced out; and lines that only look so."""

import time

import pytest

from service.lexicon import Lexicon
from service.model import Kind

# fmt: off
# fmt: off
# Each is one line; every one is a certain hit of the kind.
FORMS = {
    Kind.SHARE: (
        "S H A R E", "S-H-A-R-E", "S.H.A.R.E", "T E I L E N", "F A C E B O O K",
        "FacebookTwitterPinterestLinkedin", "facebooktwitterpinterestlinkedin", "FACEBOOKTWITTERPINTERESTLINKEDIN",
        "FacebookTwitterWhatsAppEmail", "FacebookXLinkedInCopy Link", "ВКонтактеОдноклассникиTelegram",
        "ВКонтактеFacebookОдноклассникиТвиттер", "ФейсбукТвиттерТелеграм", "VKOKTG", "vk ok tg", "fb tw vk ok tg",
        "FB TW VK OK TG", "fbtwvkoktg", "VK / OK / TG", "Facebook | Twitter | VK", "Facebook · X · WhatsApp",
        "微博微信QQ空间", "微信 微博 QQ", "FacebookLINEはてなブックマーク", "페이스북트위터카카오톡",
        "فيسبوك تويتر واتساب", "فيسبوكتويترواتساب", "फेसबुक ट्विटर व्हाट्सएप", "פייסבוק טוויטר וואטסאפ",
        "Φέισμπουκ Τουίτερ WhatsApp", "Facebook, Twitter, VK, OK, Telegram:", "ShareTweetPin", "ShareTweetShare",
        "SHARETWEET", "Share Tweet Pin Email Print", "ShareFacebookTwitter", "Share:FacebookTwitterEmail",
        "Share onFacebook", "Share on:FacebookTwitter", "Поделиться:VKOKTG", "ПоделитьсяВКонтактеОдноклассники",
        "Поделиться:ВКонтактеОдноклассникиTelegram", "ПоделитьсяТвитнуть", "Partager:FacebookTwitter",
        "PartagerTweeter", "CompartirTwittear", "TeilenTwittern", "CondividiTwitta", "ShareShare",
        "Compartir:FacebookTwitterWhatsApp", "分享:微博微信", "分享到微博微信", "مشاركةتغريد", "Share0", "Share 0",
        "Tweet 12", "Tweet12", "0 Shares", "0Shares", "1.2K Shares", "1,2 тыс. поделились", "12 shares",
        "Share (12)", "Share [12]", "(12) Share", "Поделиться (0)", "Поделиться0", "Facebook 12 Twitter 3 VK 1",
        "Facebook (12) Twitter (3) VK (0)", "Facebook12Twitter3VK0", "Share 1.2K", "Share 3k",
        "Share 12 Tweet 3 Pin 4", "Поделиться 15 Твитнуть 2", "Teilen 5", "共有 12", "シェア12", "공유 0",
        "Partager 12", "Compartir 3", "» Share this", "→ Поделиться", "🔗 Copy link", "👍 Поделиться",
        "\uf09a Facebook \uf099 Twitter \uf189 VK", "✉ Email this", "📢📢 Поделись с друзьями! 📢📢",
        "*** Share this ***", "=== Поделиться ===", "**Share this article**", "✅ Поделиться с друзьями",
        "👉👉 Share this with your friends 👈", "❤️ Поделиться ❤️", "Share Share", "Share on Facebook Facebook",
        "Share on FacebookShare on Facebook", "Facebook Share on Facebook",
        "Share on Facebook Share on Twitter Share on WhatsApp",
        "Share on FacebookShare on TwitterShare on WhatsApp", "Поделиться Поделиться",
        "Поделиться ВКонтактеПоделиться в Одноклассниках", "Teilen Teilen Teilen",
        "Share this article Share this article", "Auf Facebook teilenAuf Twitter teilen", "ShareThis ShareThis",
        "S H A R E  T H I S", "П О Д Е Л И Т Ь С Я", "𝐒𝐡𝐚𝐫𝐞 𝐭𝐡𝐢𝐬", "Share\xa0this", "Поде\xadлить\xadся",
    ),
    Kind.RELATED_HEADING: (
        "SEE ALSO:", "See also →", "» See also", "📌 Читайте также:", "ЧИТАЙТЕ ТАКЖЕ", "Ч И Т А Й Т Е  Т А К Ж Е",
        "*** Читайте также ***", "Related articles (5)", "Related Articles ▼", "R E L A T E D  A R T I C L E S",
        "Читайте также Читайте также", "RelatedArticles", "ЧитайтеТакже", "👉 Read also 👇",
        "⬇️ Читайте также ⬇️", "【相关阅读】", "＞＞関連記事", "■関連記事", "● 관련기사", "◀ اقرأ أيضا",
        "📖 Lire aussi :", "▶ Lesen Sie auch:", "➡️ Lea también", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ:", "यह भी पढ़ें:",
        "ये भी पढ़ें",
    ),
    Kind.COMMENTS: (
        "C O M M E N T S",
        "Comments (12)", "12 Comments", "Comments12", "0 Comments", "💬 12 комментариев", "Комментарии (0)",
        "Комментарии0", "КОММЕНТАРИИ: 5", "[Leave a comment]", "Leave a comment »", "Leave a reply ↓",
    ),
}
# One word alone may be a line of the article too: recognised, and to be judged with its company.
WORDS = {
    Kind.SHARE: (
        "Share", "SHARE", "s h a r e", "Ｓｈａｒｅ", "𝗦𝗵𝗮𝗿𝗲",
        "Sha\xadre", "\u200bShare\u200b", "\ufeffShare", "\u200eمشاركة\u200f", "• Share", "[Share]", "(Share)",
        "⟶ Share", "📤 Share", "Share 🙂", "★ Share ★", "▶ Teilen", "\ue80b Share", "- Share -", "*Share*",
        "_Share_", "# Share", "| Share |", "Share…", "Share >", "Share»", "Facebook", "\uf09a Facebook",
        "[ВКонтакте]", "🔗 Telegram", "Facebook · X", "فيسبوك", "फेसबुक", "페이스북",
        "פייסבוק", "微博 微信",
    ),
    Kind.COMMENTS: (
        "Comments", "💬 Comments", "[Comments]",
    ),
}
# The same characters in lines of an article: none of them is a certain hit.
LOOKALIKES = (
    "Facebook, Twitter and Pinterest", "Facebook and Twitter lost in court", "Facebook Twitter deal fails",
    "FacebookTwitter merger", "Facebook, Instagram, WhatsApp", "Vk", "OK", "Ok, tell me.", "In", "X", "Line",
    "Shares rose 12", "12 shares were sold", "Share prices", "Share of voters: 12", "Shared", "Sharepoint",
    "Sharest", "Share Holders United", "ShareHolder", "Tweeting 12 times", "Tweet of the day: 12", "Tweeter",
    "Sharetweeter", "Pinterested", "Pin 12 holds the lock", "Print runs of 1,200", "Mail 12 arrived late",
    "Facebook 12", "Facebook 2012", "Twitter 3 weeks later", "Telegram 1914", "S H A D O W", "S. H. Are", "T E A",
    "S H", "Поделиться0чень", "Поделиться хлебом", "Поделиться?", "Поделиться или нет?", "Делиться", "Поделили",
    "Поделиться с братом последним", "«Поделиться»", "“Share”", "'Share'", "„Teilen“", "«Partager»", "Share!",
    "Teilen und herrschen", "Teilen 5 durch 2", "Partager 12 pommes", "Compartir 3 habitaciones",
    "Compartir es vivir", "Condividi et impera", "Twittern wie ein Vogel", "Facebookbriefe", "Twitterati",
    "Instagrammable", "Одноклассники встретились", "Одноклассники", "Контакты ВКонтакте потеряны", "Телеграмма",
    "Твиттерские войны", "Мой мир", "Мой мир рухнул", "Вконтактик", "вкус ок тг", "вк", "微信支付", "微博热搜第一",
    "分享快乐", "分享到最后一刻", "分享会", "关联交易", "相关阅读表明", "微博 微信", "シェア12%", "シェアハウス",
    "共有地の悲劇", "関連記事を読んだ", "공유경제", "공유 12층", "페이스북 트위터", "페이스북의 트위터 인수",
    "مشاركة واسعة", "مشاركة 12 فريقا", "فيسبوك وتويتر", "اقرأ أيضا كتب التاريخ", "फेसबुक ट्विटर",
    "यह भी पढ़ें और समझें", "פייסבוק וטוויטר", "יש לקרוא גם ספרים", "Facebook · X", "👍", "🔗",
    "🙂 Sharing is caring", "📌 See also Section 4", "• Shares fell", "→ See below", "[Share of the vote]",
    "(Shares in brackets)", "*Share* and *share alike*", "# Shared memory", "=== Shares ===",
    "See also Section 4.", "See alsoran", "Related articles of faith", "Related Articles 5 and 6 of the treaty",
    "RelatedArticlesOfFaith", "Read also: no", "Read alsoran", "Читайте также классику",
    "Ч и т а й т е  к н и г и", "Comments on the law", "12 comments were read aloud", "Commentsold",
    "Комментарии к закону (0)", "Комментарии излишни", "Leave a comment on the wall, he said", "A B C", "A+B", "+",
    "+1", "© ", "Like father", "Like", "Email", "Print", "Send 12 men", "Copy link 12 of the chain", "Pocket 12",
    "Reddit, Digg, Pocket", "vk.com", "facebook.com/page", "https://twitter.com/someone",
)
# fmt: on


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in FORMS.items() for line in lines])
def test_a_form_is_recognised(kind: Kind, line: str, lexicon: Lexicon) -> None:
    hit = lexicon.match(line)

    assert hit is not None
    assert hit.certain
    assert hit.kind is kind


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in WORDS.items() for line in lines])
def test_a_word_alone_is_recognised_and_doubted(kind: Kind, line: str, lexicon: Lexicon) -> None:
    hit = lexicon.match(line)

    assert hit is not None
    assert not hit.certain
    assert hit.kind is kind


def test_forms_are_told_in_linear_time(lexicon: Lexicon) -> None:
    """A glued line eight times as long costs at most some twenty times as much, and no more beyond the limit."""
    for unit in ("FacebookTwitter", "Share0", "vkoktg", "S H A R E ", "Share on ", "分享", "12 "):
        spent = []
        for size in (40, 320, 40_000):
            lines = [unit * (size // len(unit)) + "z" * n for n in range(20)]
            began = time.process_time()
            for line in lines:
                lexicon.match(line)
            spent.append(time.process_time() - began)
        assert spent[1] < 20 * max(spent[0], 0.002), unit
        assert spent[2] < 4 * max(spent[1], 0.002), unit


# A label that was an element of its own, and the title behind it: nothing sets it off.
UNMARKED = (
    "Read also Ministry warns of further storms", "Lesen Sie auch Merz lockt den Bundeskanzler",
    "Lee también El ministro anuncia nuevas medidas", "Читайте также Министр объявил о новых мерах",
    "Leggi anche Il ministro annuncia nuove misure", "Czytaj także Minister ostrzega przed burzami",
    "Lue myös Ministeri varoittaa myrskyistä", "Baca juga Menteri umumkan langkah baru",
    "اقرأ أيضا الوزير يعلن عن إجراءات جديدة", "इसे भी पढ़ें मंत्री ने नई योजना की घोषणा की",
)  # fmt: skip
UNMARKED_PROSE = (
    "See also the second chapter of this book", "Read also Tolstoy and Dostoevsky in this course.",
    "Читайте также классику и слушайте музыку",
)  # fmt: skip


@pytest.mark.parametrize("line", UNMARKED)
def test_a_pointer_that_nothing_sets_off_is_known_and_doubted(line: str, lexicon: Lexicon) -> None:
    hit = lexicon.match(line)

    assert hit is not None
    assert (hit.kind, hit.certain) == (Kind.RELATED, False)
    assert hit.value is not None
    assert line[hit.value] == line[hit.value].upper()


def test_a_pointer_in_capitals_before_a_title_is_certain(lexicon: Lexicon) -> None:
    hit = lexicon.match("READ ALSO Ministry warns of further storms")

    assert hit is not None
    assert (hit.kind, hit.certain, hit.value) == (Kind.RELATED, True, 10)


@pytest.mark.parametrize("line", UNMARKED_PROSE)
def test_a_sentence_that_begins_like_a_pointer_is_none(line: str, lexicon: Lexicon) -> None:
    assert lexicon.match(line) is None


@pytest.mark.parametrize("line", LOOKALIKES)
def test_a_lookalike_is_not(line: str, lexicon: Lexicon) -> None:
    hit = lexicon.match(line)

    assert hit is None or not hit.certain
