"""What every script shares: connecting as the JSON on standard input says, and printing JSON."""
import datetime
import json
import os
import sys
import traceback

CONFIG = json.load(sys.stdin)
if CONFIG.get("ca"):
    os.environ["REQUESTS_CA_BUNDLE"] = CONFIG["ca"]

from exchangelib import (  # noqa: E402  (the bundle must be named before)
    BASIC,
    DELEGATE,
    IMPERSONATION,
    NTLM,
    Account,
    Build,
    CalendarItem,
    Configuration,
    Credentials,
    EWSTimeZone,
    ExtendedProperty,
    Version,
)

ZONE = EWSTimeZone("Europe/Helsinki")
FIELDS = ["subject", "start", "end", "location", "text_body", "is_all_day", "legacy_free_busy_status", "sensitivity"]


class Stamp(ExtendedProperty):
    property_set_id = "6f2f5a0e-5c4b-4c59-9a2f-0d6f6f0a7a11"
    property_name = "ForeignStamp"
    property_type = "String"


class Serial(ExtendedProperty):
    property_set_id = "6f2f5a0e-5c4b-4c59-9a2f-0d6f6f0a7a11"
    property_id = 34001
    property_type = "Integer"


CalendarItem.register("stamp", Stamp)
CalendarItem.register("serial", Serial)


def account(mailbox=None, **over):
    c = {**CONFIG, **over}
    version = None
    if c.get("build"):
        version = Version(build=Build(*c["build"]), api_version=c.get("api_version"))
    config = Configuration(
        service_endpoint=c["url"],
        credentials=Credentials(c["user"], c["password"]),
        auth_type={"ntlm": NTLM, "basic": BASIC}.get(c.get("auth")),
        version=version,
        max_connections=c.get("connections", 1),
    )
    return Account(
        primary_smtp_address=mailbox or c["mailbox"],
        config=config,
        autodiscover=False,
        access_type={"impersonation": IMPERSONATION, "delegate": DELEGATE}[c.get("access", "delegate")],
        default_timezone=ZONE,
    )


def utc(when):
    """A time as UTC text, a date as a date."""
    if when is None:
        return None
    if isinstance(when, datetime.datetime):
        return datetime.datetime.fromtimestamp(when.timestamp(), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return when.isoformat()


def at(year, month, day, hour=0, minute=0):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=ZONE)


def show(item):
    return {
        "subject": item.subject,
        "start": utc(item.start),
        "end": utc(item.end),
        "location": item.location,
        "body": (item.text_body or "").replace("\r\n", "\n").strip(),
        "all_day": bool(item.is_all_day),
        "busy": item.legacy_free_busy_status,
        "sensitivity": item.sensitivity,
    }


def main(run):
    """Prints what run returns, or the error as {"error": {"kind", "text"}}."""
    try:
        result = run()
    except Exception as e:  # the test decides whether an error is what it wants
        result = {"error": {"kind": type(e).__name__, "text": str(e), "trace": traceback.format_exc()}}
    json.dump(result, sys.stdout)
