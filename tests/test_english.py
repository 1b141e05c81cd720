"""English share bars whole: verbs with networks, and the labels that pages of 2005 to 2026 end with."""

from itertools import product

import pytest

from service.lexicon import Lexicon
from service.model import Kind

VERBS = (
    "Share on", "Share to", "Share via", "Share with", "Share in", "Share", "Share this on", "Share this via",
    "Share this article on", "Share this story on", "Share this post on", "Share this page on", "Share this page via",
    "Click to share on", "Click to share via", "Post to", "Post on", "Publish on", "Send to", "Send via", "Send with",
    "Save to", "Pin on", "Tweet on", "Repost on", "Recommend on", "Submit to", "Bookmark on", "Like on", "Find us on",
    "Follow us on", "Join us on", "Like us on", "Connect with us on", "To share in", "To publish in",
)  # fmt: skip
NETWORKS = (
    "Facebook", "Twitter", "X", "X (Twitter)", "LinkedIn", "WhatsApp", "Pinterest", "Reddit", "Tumblr", "Telegram",
    "Instagram", "Threads", "Bluesky", "Mastodon", "Flipboard", "Pocket", "Digg", "StumbleUpon", "Delicious", "Google+",
    "Google Plus", "Myspace", "VK", "Vkontakte", "LiveJournal", "Odnoklassniki", "Line", "WeChat", "Weibo", "Skype",
    "Messenger", "Facebook Messenger", "Hacker News", "Slack", "Viber", "Blogger", "Evernote", "Instapaper", "Xing",
    "TikTok", "YouTube", "Snapchat", "Discord", "Nextdoor", "Truth Social", "Gab", "Parler", "Google Classroom",
    "Microsoft Teams", "Apple News", "Quora", "Medium", "Signal", "Mix", "Kakao", "Buffer", "Diigo", "Fark",
)  # fmt: skip
NOT_FOLLOWED = ("Find", "Follow", "Join", "Like us", "Connect")  # verbs whose button opens no window
LABELS = {
    Kind.BYLINE: (
        "By Jane Doe", "Written by Jane Doe", "Author: Jane Doe", "Published on May 3, 2020",
        "Last updated: May 3, 2020", "Source: Reuters", "Sources:", "Posted on May 3, 2020 by Jane Doe",
        "Reporting by Jane Doe; editing by John Roe", "Edited by Jane Doe", "3 min read",
        "First published on May 3, 2020", "Originally published at example.com",
        "The Associated Press contributed to this report.", "With inputs from PTI", "(Reporting by Jane Doe)",
        "Updated 3 hours ago", "2 days ago", "Editor: Jane Doe", "Contact the author",
    ),
    Kind.CAPTION: (
        "Photo: Jane Doe", "Photo by Jane Doe", "Image credit: Jane Doe", "Photo courtesy of the museum",
        "Getty Images", "(AP Photo/Jane Doe)", "Image: NASA", "Photograph: Jane Doe/The Guardian", "Credit: Jane Doe",
        "Illustration by Jane Doe", "File photo",
    ),
    Kind.SHARE: (
        "Share", "Share this:", "Share this article", "Share this story", "Share this post", "Share via",
        "Share on social media", "Share with your friends", "Share the love", "Print", "Print this page",
        "Print this article", "Email this article", "Copy link", "Copy URL", "Link copied", "Copied!", "Permalink",
        "Embed", "Save for later", "Add to favorites", "Bookmark this page", "Sharing is caring!",
        "Share this with your network", "Email to a friend", "Printer-friendly version", "PDF", "Tweet this",
        "0 shares", "Share 0", "Total Shares: 12", "Spread the word", "Like this:", "Like Loading...",
        "Click to print (Opens in new window)", "Click to email a link to a friend (Opens in new window)",
        "Share this page via Email", "Gift this article", "Share full article", "Share options",
        "More sharing options", "Share to:", "Share now", "More options", "Share this Story", "Follow on X",
        "Comment", "Was this article helpful?", "Rate this article",
    ),
    Kind.RELATED_HEADING: (
        "Related", "Related:", "Related articles", "Related stories", "Related posts", "Related content",
        "Related news", "See also", "See also:", "Read also", "Read more", "Read next", "Read more:", "More stories",
        "More from this author", "You may also like", "You might also like", "You may like",
        "You might be interested in", "Recommended", "Recommended for you", "Recommended reading",
        "Recommended stories", "Most read", "Most popular", "Most viewed", "Popular posts", "Popular now", "Trending",
        "Trending now", "Latest news", "Latest stories", "Latest articles", "Latest posts", "Recent posts",
        "Recent articles", "Top stories", "Editor's picks", "Editors' Picks", "More on this story",
        "More on this topic", "More like this", "More news", "Further reading", "What to read next", "Keep reading",
        "Up next", "Next article", "Don't miss", "In case you missed it", "Around the web", "From the web",
        "From around the web", "Similar articles", "Similar posts", "Other articles", "Other news", "Also read",
        "Also on this site", "Must read", "Must reads", "Continue reading", "Explore more", "Discover more",
        "Suggested reading", "People also read", "Readers also liked", "More in Business", "More from CNN",
        "Related links", "Related coverage", "Related reading", "Watch next", "Watch also", "Sponsored stories",
        "Partner content", "Promoted stories", "Show more", "Load more", "View all",
    ),
    Kind.TAGS: (
        "Related topics", "Tags", "Tags:", "Tags: bridges, rivers", "Topics", "Topics:", "Filed under: News",
        "Posted in News", "Categories", "Category: News", "Tagged with bridges", "Tagged: bridges", "Keywords",
        "Keywords: bridge", "Related tags", "Related topics:", "In this story", "Filed Under", "Labels: news",
    ),
    Kind.SUBSCRIBE: (
        "Subscribe", "Subscribe now", "Subscribe to our newsletter", "Sign up for our newsletter", "Sign up",
        "Newsletter", "Get our newsletter", "Get the latest news in your inbox", "Join our newsletter",
        "Join our WhatsApp channel", "Follow us", "Follow us on Facebook", "Follow us on Google News",
        "Follow us on Telegram", "Join us on Telegram", "Join our Telegram channel", "Get email alerts",
        "Enter your email address", "Your email address", "Subscribe by email", "Stay connected", "Stay in touch",
        "Download our app", "Get the app", "Become a member", "Support our work", "Donate", "Support us on Patreon",
        "Buy me a coffee", "Already a subscriber? Log in", "Sign in", "Create an account", "Never miss a story",
        "Subscribe to our YouTube channel", "Unsubscribe at any time", "By signing up you agree to our Terms",
        "Get breaking news alerts", "Follow the author", "Thank you for subscribing!", "Shop now",
        "Follow Jane Doe on Twitter",
    ),
    Kind.AD: (
        "Advertisement", "Advertisements", "ADVERTISEMENT", "Ad", "Sponsored", "Sponsored content", "Promoted",
        "Advertising", "Story continues below advertisement", "Article continues below",
        "Article continues after advertisement", "Continue reading below", "Paid content", "Report this ad",
        "Scroll to continue", "Loading...", "Advertise with us", "Paid Advertisement", "Special offer", "Remove ads",
    ),
    Kind.COMMENTS: (
        "Something went wrong.", "Comments", "12 Comments", "Comments (12)", "No comments",
        "No comments yet", "0 Comments", "Leave a comment", "Leave a reply", "Post a comment", "Add a comment",
        "Add comment", "Write a comment", "Join the conversation", "Join the discussion", "Show comments",
        "View comments", "View all comments", "Hide comments", "Comments are closed", "Be the first to comment",
        "Log in to comment", "You must be logged in to post a comment.", "Your email address will not be published.",
        "Required fields are marked *", "Cancel reply", "What do you think?", "Have your say",
        "Tell us what you think in the comments", "Let us know in the comments below", "Reply", "Report comment",
        "Sort by", "Newest first", "Load more comments", "Notify me of new posts by email",
        "Save my name, email, and website in this browser for the next time I comment.",
        "This site uses Akismet to reduce spam.",
    ),
    Kind.BIO: (
        "About the author", "About the Author:", "View all posts by Jane Doe", "Author bio", "Meet the author",
        "About the writer",
    ),
    Kind.LEGAL: (
        "All rights reserved", "All rights reserved.", "Copyright 2020", "© 2020 The Harbour News", "Terms of use",
        "Terms of Service", "Privacy policy", "Cookie policy", "Disclaimer", "Do not sell my personal information",
        "This material may not be published, broadcast, rewritten, or redistributed.",
        "Reproduction without permission is prohibited", "The views expressed are those of the author",
        "The opinions expressed here are the author's own", "Terms and conditions", "Corrections", "Cookie settings",
        "Licensed under CC BY 4.0", "We may earn a commission from links on this page",
        "This post contains affiliate links", "Republish this article", "Reprints and permissions",
    ),
    Kind.NAV: (
        "Previous post", "Next post", "Back to top", "Skip to content", "Home", "Menu", "Search", "Next", "Previous",
        "Page 1 of 3", "Table of contents", "Back to news", "« Previous", "Next »", "Contact us", "About us",
        "Return to homepage", "Go back",
    ),
    Kind.OTHER: (
        "Found a mistake? Select it and press Ctrl+Enter", "Report a typo", "This is a developing story.",
        "Send us a correction", "Article content", "Report an error",
    ),
}  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS)
def test_every_verb_takes_every_network(network: str, lexicon: Lexicon) -> None:
    unknown = []
    for verb, tail in product(VERBS, ("", " (Opens in new window)")):
        line = f"{verb} {network}{tail}"
        hit = lexicon.match(line)
        wanted = (Kind.SUBSCRIBE, Kind.SHARE)
        if (hit is None or hit.kind not in wanted or not hit.certain) and not (tail and verb.startswith(NOT_FOLLOWED)):
            unknown.append(line)

    assert unknown == []


@pytest.mark.parametrize(("kind", "label"), [(kind, label) for kind, labels in LABELS.items() for label in labels])
def test_labels_of_english_pages(kind: Kind, label: str, lexicon: Lexicon) -> None:
    hit = lexicon.match(label)

    assert hit is not None
    assert hit.kind is kind
