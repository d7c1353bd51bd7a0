"""The page about the platforms, `docs/platforms.md`, made from the capability table and the form of the credentials."""

from __future__ import annotations

from collections.abc import Iterator

from agents.platforms.capabilities import EXPERIMENTAL, TABLE
from pipeline.platform import Capabilities
from tests.peers import matrix

_ABOUT = """\
# Platforms

Made from `agents/platforms/` by `make docs`; a test fails when it is stale.

What each platform's API lets us do, to our own things and to others'. What is not listed cannot be done there: the
order ends as `unsupported`, and people do it by hand.

| platform | kind | ours | others' |
|---|---|---|---|
"""
_TAIL = """
"Hide" can always be undone. "Hide (by word)": the platform shows nobody what is hidden, so the outcome says
`verified: false`; everything else is read back before it is told as done. "Tell": its author can be written to in
private, for as long as the item is there. "Report": where nothing more can be done, those who run the platform are
asked once to act, and the outcome says so; the item is still to be watched.

## What is good to know

- **Facebook**: a hidden comment is still seen by its author and the author's friends. A second delete and a lost
  permission get the same answer (code 100, subcode 33); we tell them apart by asking for the page's own list.
- **Instagram**: as Facebook; posts cannot be deleted through the API.
- **YouTube**: hiding is `heldForReview`. Deleting another's comment is `rejected`: it hides the replies as well and can
  never be undone. A call costs 50 of the day's 10 000 units; when they are used up, orders wait for midnight in
  California.
- **X**: only replies in conversations that we started can be hidden.
- **Mastodon**: another's status can only be reported, to our server and its own. 30 deletions in 30 minutes.
- **Bluesky**: another's reply is hidden by the thread gate of our own post, which holds at most 300. It still stands in
  its author's own repository: where it was to be removed, it is reported to the moderators that our server names.
- **LinkedIn, TikTok** are experimental: the vendors' documents are closed, and the adapters have never met the real
  thing.

## What the adapters are held to

| platform | checked against | by whom that is |
|---|---|---|
| bluesky | a real server (PDS) from npm, its firehose and its own limits | Bluesky |
| facebook, instagram | the published field lists in `facebook_business`; a loopback simulator | Meta; us |
| youtube | the discovery document in `google-api-python-client`; a loopback simulator | Google; us |
| x | X's own client `xdk`, generated from its OpenAPI description: the same requests; a loopback simulator | X; us |
| mastodon | `mastodon-mock` with its faults; a loopback simulator | another author's mock; us |
| linkedin, tiktok | a loopback simulator from third parties' code | us |

No package holds X's OpenAPI description itself, so there is none for Prism to serve: what X makes of it stands in.
A simulator of ours proves that an adapter takes the documented answers as they are documented, not that the documents
are true. None of the adapters has been tried with a real account.

On the real PDS, 200 posts of which 60 held a planted number, with five kills of the takedown and restarts of the server
and every seventh deletion refused for three seconds: exactly those 60 were gone, each once, after its receipt. From
posting to being seen gone: p50 21.7 s, p99 32.2 s, on two busy cores; most of that is waiting as the server asked.
`tests/integration/test_bluesky_pipeline.py` prints it.

## What may go wrong, and what comes of it

Every cell is a test (`tests/contract/test_fault_matrix.py`) that carries out an order with the real adapter and journal
on a simulator of the platform's dialect, and checks the outcome, the metric, that the deed was done as often as it
should be, and that nothing loops. "Wanted" is `removed` for delete and `hidden` for hide.

@MATRIX@

## What people decide

`anslagsvakt takedown orders` lists what stands; `--held` what the brake holds. `release ORDER` lets it go on, `restore
ORDER` calls it off: what is hidden is shown again, and of what is gone the archived text is handed out for posting it
again by hand; either way its values are no longer known when they are posted again, which `forget ORDER` asks for
alone. `notice ORDER` writes what the author is to be told, in Swedish or English, without what was found.

## What authors are told

A rule with `notice = "send"` lets the author know what was wrong, by which law, and where to turn, in plain Swedish and
never with what was found. Where the platform can (Facebook and Instagram, by a private reply: one for each comment,
within seven days), it is sent once the item is out of sight and before it is deleted; what cannot be sent, or may not
have arrived, is put on a review item with the words to use, as with `notice = "people"`. It is tried once: a removal
waits for no letter. The outcome says which: `sent`, `for_people`, `in_doubt`, or `not_possible` for the municipality's
own items. `[notices]` in the policy holds the language and whom one may turn to. On the other platforms nobody is
written to: a public answer would point at what was removed, and a message to a stranger is not ours to send.

## Credentials

`ANSLAGSVAKT_CREDENTIALS_FILE` names a TOML file that says which credentials we hold and where each secret is. It holds
no secret itself. Files are looked for beside it; a token file that is written anew is taken up without a restart.

```toml
[[credential]]
platform = "facebook"             # instagram alike
account = "eslovskommun"          # the account's id in accounts.toml
id = "1000"                       # the page's id; Instagram: the professional account's
token_file = "secrets/facebook"   # or token_env = "NAME_OF_A_VARIABLE"
secret_file = "secrets/meta-app"  # may be left out; the app's secret, to sign the calls

[[credential]]
platform = "bluesky"
account = "eslovskommun"
id = "eslov.example"              # handle or DID
server = "https://bsky.social"    # the account's own server; this one if left out
token_file = "secrets/bluesky"    # an app password

[[credential]]
platform = "youtube"              # x alike, without id; its refresh token is replaced in the file at each use
account = "eslovskommun"
id = "UC…"                        # the channel
refresh_file = "secrets/youtube"  # the refresh token
client_id = "…"
secret_file = "secrets/google"    # the client's secret

[[credential]]
platform = "mastodon"
account = "eslovskommun"
server = "https://social.example"
token_file = "secrets/mastodon"   # scopes read:statuses, read:accounts, write:statuses, write:reports

[[credential]]
platform = "linkedin"             # tiktok alike, with the business id
account = "eslovskommun"
id = "urn:li:organization:1"
token_file = "secrets/linkedin"
```

`anslagsvakt doctor` asks each platform whether the credentials work, and changes nothing there.

The rights a token needs: Facebook `pages_manage_engagement`, `pages_read_engagement`, `pages_read_user_content`,
`pages_manage_posts`, and `pages_messaging` to tell authors; Instagram `instagram_basic`, `instagram_manage_comments`,
`pages_read_engagement`, and `instagram_manage_messages` to tell authors; YouTube
`youtube.force-ssl`; X `tweet.read users.read tweet.write tweet.moderate.write offline.access`; LinkedIn
`w_organization_social_feed`; TikTok Account Comment > Manage.
"""


def page() -> str:
    """The whole page in Markdown."""
    return _ABOUT + "\n".join(_rows()) + "\n" + _TAIL.replace("@MATRIX@", "\n".join(matrix.printed()))


def _rows() -> Iterator[str]:
    for platform, kinds in TABLE.items():
        name = f"{platform} (experimental)" if platform in EXPERIMENTAL else platform
        for kind, rights in kinds.items():
            yield f"| {name} | {kind} | {_told(rights.own)} | {_told(rights.other)} |"


def _told(can: Capabilities) -> str:
    hide = ("hide" if can.sees_hidden else "hide (by word)") if can.hide else ""
    rest = ("delete" if can.delete else "", "tell" if can.notify else "", "report" if can.report else "")
    return ", ".join(filter(None, (hide, *rest))) or "nothing"
