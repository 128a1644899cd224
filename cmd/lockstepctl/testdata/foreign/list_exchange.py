"""Lists every calendar entry of everybody, as the service account sees them, as JSON on standard output.

Standard input is the line that `lockstepctl sim` prints.
"""
import datetime
import json
import sys
import warnings

warnings.filterwarnings("ignore")

from exchangelib import IMPERSONATION, NTLM, Account, Configuration, Credentials, EWSDateTime, EWSTimeZone  # noqa: E402

ACCESS = json.load(sys.stdin)
ZONE = EWSTimeZone("Europe/Helsinki")


def moment(value, last=False):
    """A time as UTC text; a day as it is, the last one made exclusive."""
    if isinstance(value, datetime.datetime):
        return datetime.datetime.fromtimestamp(value.timestamp(), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    day = datetime.date(value.year, value.month, value.day)
    return (day + datetime.timedelta(days=1 if last else 0)).isoformat()


def show(item):
    people = [a.mailbox.email_address.lower() for a in (item.required_attendees or []) + (item.optional_attendees or [])]
    return {
        "subject": item.subject or "",
        "start": moment(item.start),
        "end": moment(item.end, last=True),
        "all_day": bool(item.is_all_day),
        "location": item.location or "",
        "notes": (item.text_body or "").replace("\r\n", "\n").strip(),
        "private": item.sensitivity == "Private",
        "people": sorted(people),
    }


def main():
    x = ACCESS["exchange"]
    config = Configuration(
        service_endpoint=x["url"], credentials=Credentials(x["domain"] + "\\" + x["user"], x["password"]), auth_type=NTLM, max_connections=1
    )
    out = {}
    for person in ACCESS["people"]:
        account = Account(
            primary_smtp_address=person["email"], config=config, autodiscover=False, access_type=IMPERSONATION, default_timezone=ZONE
        )
        # What takes place in a year; a view holds at most two years, and what it shows of a series are its occurrences.
        seen = {}
        for year in (2025, 2026, 2027):
            view = account.calendar.view(start=EWSDateTime(year, 1, 1, tzinfo=ZONE), end=EWSDateTime(year + 1, 1, 1, tzinfo=ZONE))
            seen.update((i.id, i) for i in view)
        out[person["email"]] = [show(i) for i in seen.values()]
    json.dump(out, sys.stdout)


main()
