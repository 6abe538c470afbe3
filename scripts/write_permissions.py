"""Write docs/who-may-do-what.md from the table in bot/domain/permissions.py."""

from __future__ import annotations

from pathlib import Path

from bot.domain.permissions import TABLE, Thing

PAGE = Path(__file__).parents[1] / "docs" / "who-may-do-what.md"

HEAD = """# Who may do what

Written from `TABLE` in `bot/domain/permissions.py` by `scripts/write_permissions.py`; a test keeps
the two alike. What is not here may not be done.

- A relation is worked out at each look from dated entries (caseloads, teams, cover, supervision);
  it ends when they end. Who has left the service may do nothing.
- *see\\** is what the person has chosen to share, item by item. Carers, and other agencies, justice
  among them, see nothing before that: not even that the person is here.
- Whoever looks at a person who is not on their own or a covered caseload says why. Every look is
  in the audit, and the person can ask "who has seen my plan?".
- *assign* is putting a person on a caseload. An administrator makes accounts of every role; a
  manager those of practitioners, supervisors and reviewers in the team that they lead.
"""

ABOUT = {
    Thing.PERSON: "A person: name, state, needs, caseloads, ways to make contact",
    Thing.CRISIS_PLAN: "A crisis plan",
    Thing.SUMMARY: "A summary: what the person did here in a period, and what helped",
    Thing.CONCERN: "Concerns and tasks, with the person's words",
    Thing.MESSAGE: "Messages, word for word",
    Thing.CONVERSATION: "A conversation while somebody at work has stepped in (*take*: step in)",
    Thing.LOOKS: "Who has looked at what, and why",
    Thing.SHARING: "Carers, and what is shared with whom",
    Thing.RIGHTS: "Requests to see, correct or erase a record; legal holds",
    Thing.STAFF: "Members of staff (of oneself: the password)",
    Thing.STRUCTURE: "Agencies, regions, teams, supervision, cover (of oneself: one's own cover)",
    Thing.DUTY: "Who is on duty, where alerts go, a team's times (of oneself: one's address)",
    Thing.NIGHT_ROUTE: "Who picks up what at night",
    Thing.SAFETY_REVIEW: "What the safety net said of single messages, with names removed",
    Thing.CONTENT: "Content: skills, replies, numbers",
}


def page() -> str:
    """The page's text."""
    rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.split("\n") if line][1:]
    parts = [HEAD]
    for thing, title in ABOUT.items():
        lines = [
            f"| {role.replace('_', ' ')} | {near} | {', '.join(words.split())} |"
            for role, near, about, words in rows
            if about == thing.value
        ]
        table = "\n".join(["| who | in relation | may |", "|---|---|---|", *lines])
        parts.append(f"## {title}\n\n{table}\n")
    return "\n".join(parts).replace("see*", "see\\*")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
